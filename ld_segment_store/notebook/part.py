# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the parts of the form share: a heading, a body that folds to one line, a message, and one long call at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import ipywidgets as w
from IPython.display import display

from .markup import element, notice
from .page import Page
from .style import STYLE
from .worker import Cancelled, Task, Worker, describe

# Seconds. A person waits for the first picture.
_SETTLE_BEFORE_TEXT = 0.5
_LONGEST_SETTLE = 60.0
_display: Any = display  # without types
LABEL = {"description_width": "11rem"}


def full_width() -> w.Layout:
    """The layout of an input: as wide as its column."""
    return w.Layout(width="auto", max_width="34rem")


class Part(w.VBox):
    """One part. Subclasses put their widgets into `body`; the body stays on screen while a call is running.

    Without a `worker` the part stands alone and brings its own queue and style sheet.
    """

    title = ""
    cancel_label = "Cancel"

    def __init__(self, worker: Worker | None = None, page: Page | None = None) -> None:
        alone = worker is None
        self.worker = worker or Worker(self.fail)
        self.page = page or Page()
        self.task: Task | None = None
        self.message: tuple[str, str] = ("info", "")
        self.is_folded = False
        self._heading = w.HTML()
        self._summary = w.HTML()
        self._change = self.button("Change", self.unfold)
        self.body = w.VBox()
        self._message = w.HTML()
        self._message.add_class("ldss-message")
        self._cancel = self.button(self.cancel_label, self.cancel)
        self._cancel.add_class("ldss-cancel")
        self._change.layout.display = self._cancel.layout.display = "none"
        head = w.Box([self._heading, self._summary, self._change])
        head.add_class("ldss-head")
        extra = [w.HTML(STYLE), self.page] if alone else []
        super().__init__([*extra, head, self.body, self._message, self._cancel])
        for name in ("ldss", "ldss-root") if alone else ():
            self.add_class(name)
        self.add_class("ldss-part")
        self.add_class(f"ldss-{type(self).__name__}")
        self.set_heading(self.title)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message[1]!r})"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return the widget for Jupyter, with text for pages without widgets."""
        return mimebundle(self, super()._repr_mimebundle_, options)

    def _ipython_display_(self) -> None:
        publish(self)

    def close(self) -> None:
        """Cancel the running call and remove the part from the page."""
        if "task" in self.__dict__:  # else the constructor failed, and ipywidgets cleans up
            self.drop()
        close_all(self, super().close)

    def text(self) -> str:
        """Describe the part for pages without widgets."""
        return f"{self.title}: {self.message[1] or 'not started'}"

    def set_heading(self, text: str) -> None:
        """Show another heading."""
        self._heading.value = element("h3", text, class_="ldss-heading")

    def say(self, level: str, text: str, details: Sequence[str] = ()) -> None:
        """Replace the message."""
        self.message = (level, text)
        self._message.value = notice(level, text, details)
        self._message.layout.display = ""  # what is new is shown beside the one line of a folded part, too

    def fail(self, error: BaseException) -> None:
        """Show an error."""
        text, details = describe(error)
        self.say("info" if isinstance(error, Cancelled) else "error", text, details)

    def fold(self, summary: str) -> None:
        """Show one line instead of the body; the button Change brings the body back."""
        self.is_folded = True
        self._summary.value = element("span", summary, class_="ldss-summary")
        self._show_folded()

    def unfold(self) -> None:
        """Show the body again."""
        self.is_folded = False
        self._summary.value = ""
        self._show_folded()
        self.page.move_focus(f"ldss-{type(self).__name__}")

    def _show_folded(self) -> None:
        self._change.layout.display = "" if self.is_folded else "none"
        for widget in (self.body, self._message):
            widget.layout.display = "none" if self.is_folded else ""

    def button(self, description: str, job: Callable[[], None], *, primary: bool = False, **traits: Any) -> w.Button:
        """Make a button whose click enqueues the job. Enter in a field presses the primary button of its part."""
        made = w.Button(description=description, layout=w.Layout(width="auto"), **traits)
        if primary:
            made.button_style = made.button_style or "primary"
            made.add_class("ldss-primary")
        made.on_click(lambda _: self.worker.click(job))
        return made

    def run(
        self,
        text: str,
        work: Callable[[Task], Any],
        on_done: Callable[[Any], None],
        on_progress: Callable[[Any], None] | None = None,
        on_failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Start a long call, and cancel the one that is running. `text` describes the call."""
        self.drop()
        self.say("busy", text)

        def finish(then: Callable[[Any], None], news: Any) -> None:
            if self.task is not task:
                return  # it was cancelled or replaced
            self.task = None
            try:
                then(news)
            finally:
                self._show_cancel()  # last: a focus on it goes to what `then` has shown

        def progress(news: Any) -> None:
            if self.task is task:
                (on_progress or self._say_busy)(news)

        self.task = task = Task(lambda news: self.worker.put(progress, news))
        self._show_cancel()
        self.worker.start(
            task,
            work,
            lambda result: finish(on_done, result),
            lambda error: finish(on_failed or self.fail, error),
        )

    def cancel(self) -> None:
        """Cancel the running call. A late response is ignored."""
        if self.task is not None:
            self.drop()
            self.say("info", "Cancelled.")

    def drop(self) -> None:
        """Cancel the running call without a message."""
        if self.task is not None:
            self.task.cancel()
            self.task = None
            self._show_cancel()

    def _say_busy(self, news: Any) -> None:
        self.say("busy", str(news))

    def _show_cancel(self) -> None:
        self._cancel.layout.display = "" if self.task else "none"


def row(*children: w.Widget) -> w.Box:
    """Widgets beside each other; they wrap where the page is narrow."""
    made = w.Box(children)
    made.add_class("ldss-row")
    return made


def walk(widget: w.Widget) -> Iterator[w.Widget]:
    """Yield a widget and everything in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def close_all(widget: w.Widget, close: Callable[[], None]) -> None:
    """Close what is in a widget, then the widget by `close`."""
    for child in getattr(widget, "children", ()):
        child.close()
    close()
    # ipywidgets hides the method of a closed widget, and IPython would print its repr; `mimebundle` says that it is closed.
    widget.__dict__.pop("_repr_mimebundle_", None)


def mimebundle(widget: Any, make: Callable[..., Any], options: dict[str, Any]) -> Any:
    """Return the bundle that `make` makes with the widget's text in it, or a sentence for a closed widget."""
    if widget.comm is None:
        return {"text/plain": f"This {type(widget).__name__} is closed. Create another one."}
    bundle = make(**options)
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    data["text/plain"] = widget.text()
    return bundle


def publish(widget: Any) -> None:
    """Display a widget. If it is still connecting, replace the text in the output once it has connected.

    The text stays in the saved notebook as it is. It is replaced once at most, because Jupyter then draws the widget again,
    and nobody should be typing in it.
    """
    is_settled = widget.comm is None or widget.worker.wait(_SETTLE_BEFORE_TEXT)
    shown = _display(widget._repr_mimebundle_(), raw=True, display_id=True)
    if is_settled or shown is None:
        return

    def settle() -> None:
        if widget.worker.wait(_LONGEST_SETTLE) and widget.comm is not None:
            shown.update(widget._repr_mimebundle_(), raw=True)

    widget.worker.thread("ldss-text", settle)
