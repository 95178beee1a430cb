"""A page of Streamlit as it comes, default settings: four Plotly charts from constant data under one filter."""

import plotly.graph_objects as go
import streamlit as st

with st.sidebar:
    chosen = st.multiselect("Branch", [f"Branch {n}" for n in range(36)])
for place in range(4):
    heights = [(7 * n + place + len(chosen)) % 23 for n in range(36)]  # other bars at every click
    st.plotly_chart(go.Figure(go.Bar(y=heights, customdata=[list(chosen)] * 36)), key=f"chart {place}")
