"""A usual app for comparison: streamlit-drawable-canvas, Keras in the process, and a bar chart."""

from pathlib import Path

import cv2
import keras
import streamlit as st
from streamlit_drawable_canvas import st_canvas


@st.cache_resource
def load_model() -> keras.Model:
    """Load the model once."""
    return keras.models.load_model(Path(__file__).parents[3] / "models" / "convnet" / "model.keras")


st.title("Digit recognizer")
canvas = st_canvas(
    stroke_width=20,
    stroke_color="#fff",
    background_color="#000",
    width=280,
    height=280,
    return_image_data=True,
)
if canvas.image_data is not None:
    image = cv2.resize(canvas.image_data, (28, 28))
    pixels = cv2.cvtColor(image, cv2.COLOR_RGBA2GRAY).reshape(1, 28, 28, 1) / 255
    probabilities = load_model().predict(pixels)[0]
    st.header(f"This is a {probabilities.argmax()}")
    st.bar_chart(probabilities)
