"""What a reader takes along: exactly the rows that are drawn, as CSV or Excel."""

import io
import math

from moments import text


def labelled(rows, page: str):
    """The frame with the columns named in the reader's language (`<page>.columns.x`, else `columns.x`); others go.

    Times that are all midnight are days, and shown as such.
    """
    names = {}
    for column in rows.columns:
        for key in (f"{page}.columns.{column}", f"columns.{column}"):
            if text.has(key):
                names[column] = text.say(key)
                break
    shown = rows[list(names)]
    days = {c: times.dt.date for c, times in shown.select_dtypes("datetime").items() if _whole(times.dropna())}
    return shown.assign(**days).rename(columns=names)


def _whole(times) -> bool:
    return bool((times == times.dt.normalize()).all())


def short(rows):
    """The frame with numbers of four figures, for the eye; what is taken along keeps them all."""
    return rows.assign(**{c: [_figures(v) for v in values] for c, values in rows.select_dtypes("float").items()})


def _figures(value: float, figures: int = 4) -> float:
    known = math.isfinite(value) and value
    return round(value, max(0, figures - 1 - math.floor(math.log10(abs(value))))) if known else value


def csv(rows) -> bytes:
    """UTF-8 with the mark that Excel needs; text that a spreadsheet would run as a formula is quoted."""
    safe = rows.copy()
    for column in safe.columns:
        if safe[column].dtype.kind not in "biufM":
            safe[column] = [_harmless(v) for v in safe[column]]
    return safe.to_csv(index=False).encode("utf-8-sig")


def excel(rows, about: list[tuple[str, str]]) -> bytes:
    """A workbook: the rows, and a sheet that says where they come from. Text is never run as a formula."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet("data")
        for c, column in enumerate(rows.columns):
            sheet.write_string(0, c, str(column), head)
            for r, value in enumerate(rows[column], start=1):
                _cell(sheet, r, c, value)
        sheet.autofit()
        sheet.freeze_panes(1, 0)
        notes = book.add_worksheet("about")
        notes.set_column(1, 1, 120)
        for r, (name, words) in enumerate(about):
            notes.write_string(r, 0, name)
            notes.write_string(r, 1, words[:32_000])
    return buffer.getvalue()


def _cell(sheet, row: int, column: int, value) -> None:
    if value is None or value != value:
        return
    if isinstance(value, (int, float)) or hasattr(value, "dtype"):
        sheet.write_number(row, column, float(value))
    else:
        sheet.write_string(row, column, str(value))


def _harmless(value):
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
