"""Show the pages of the app; with app.py the only place that imports streamlit, and never learning or cli."""
