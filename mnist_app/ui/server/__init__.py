"""Serve the pages: headers, limits and routes around Streamlit's own, and what happens at the start."""
