"""Menu, language, dataset, filters; then the chosen page. `streamlit run app.py` works as well as `./run`."""

import streamlit as st

from moments import filters, processes, text
from moments.charts import cards
from moments.datasets import DatasetError
from moments.states import PageEnds

MENU = {
    "overview": ["overview"],
    "outcomes": ["nps", "satisfaction"],
    "quality": ["servqual", "waiting", "queues", "staffing"],
    "needs": ["kano"],
    "complaints": ["complaints", "deadlines", "recovery", "voices"],
    "act": ["branches", "gaming", "regulator"],
}

filters.begin()
st.set_page_config(
    page_title=text.say("page.name"), page_icon="🔷", layout="wide", initial_sidebar_state=filters.sidebar_state()
)
filters.reader()
pages = {
    name: st.Page(f"pages/{name}.py", title=text.say(f"{name}.title"), url_path=name)
    for section in MENU.values()
    for name in section
}
home = st.Page(
    lambda: st.switch_page(next(iter(pages.values())), query_params=st.query_params),
    url_path="home",
    default=True,
    visibility="hidden",
)
menu = {text.say(f"menu.{section}"): [pages[name] for name in names] for section, names in MENU.items()}
chosen = st.navigation({"": [home], **menu}, expanded=True)  # what folds it is English in every language
try:
    with processes.turn():
        filters.sidebar()
        chosen.run()
except DatasetError as error:
    st.html(cards.notice(text.say(f"dataset.{error.code}", **error.values), text.say("page.no_dataset_next")))
except PageEnds:
    pass
filters.finish()
