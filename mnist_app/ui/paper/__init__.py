"""The paper of the Draw page: streamlit-drawable-canvas, and a companion that knows its strokes."""
