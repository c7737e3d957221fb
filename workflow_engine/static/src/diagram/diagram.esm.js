import { Component, onMounted, onPatched, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { headPoints, placedLines, roundedPath } from "./shapes.esm";

/** Free pixels around the drawing. */
const MARGIN = 24;
const BOX_PADDING = 14;
const LABEL_PADDING = 4;
const SMALLEST = 0.1;
const LARGEST = 3;
/** Below this, nobody can read: a large diagram opens scrolled rather than smaller. */
const READABLE = 0.65;
const STEP = 1.25;
/** Characters of Font Awesome. */
const SYMBOLS = {
    signal: "\uf0e7",
    timer: "\uf017",
    condition: "\uf128",
    role: "\uf007",
    trigger: "\uf0f3",
    action: "\uf013",
    code: "\uf121",
    send: "\uf1d8",
    subflow: "\uf0e8",
    stopall: "\uf05e",
    join: "\uf066",
    split: "\uf065",
};

/** A workflow as a picture: everything has its place already, this only draws. */
export class WorkflowDiagram extends Component {
    static template = "workflow_engine.Diagram";
    static props = {
        diagram: Object,
        onOpen: { type: Function, optional: true },
    };

    setup() {
        this.scroller = useRef("scroller");
        this.state = useState({ zoom: 1 });
        this.drawn = null;
        onMounted(() => this.showNew());
        onPatched(() => this.showNew());
    }

    /** Choose the size of a diagram that has not been shown yet, and scroll to where it is. */
    showNew() {
        const { version, width, height } = this.props.diagram;
        const key = [version, width, height].join();
        if (this.drawn === key) {
            return;
        }
        this.drawn = key;
        this.state.zoom = Math.max(this.fitting(), READABLE);
        const { activities } = this.props.diagram;
        const first = activities.find((one) => one.tokens) || activities.find((one) => one.start);
        if (first) {
            browser.requestAnimationFrame(() => this.scrollTo(first));
        }
    }

    scrollTo(box) {
        const element = this.scroller.el;
        if (element) {
            const { zoom } = this.state;
            const middleX = (box.x + box.width / 2 + MARGIN) * zoom;
            const middleY = (box.y + box.height / 2 + MARGIN) * zoom;
            element.scrollLeft = middleX - element.clientWidth / 2;
            element.scrollTop = middleY - element.clientHeight / 2;
        }
    }

    /** The zoom at which all of it is seen. */
    fitting() {
        const element = this.scroller.el;
        // The element is as high as the drawing, up to its limit.
        const limit = Number.parseFloat(window.getComputedStyle(element).maxHeight);
        const zoom = Math.min(element.clientWidth / this.width, limit / this.height);
        return Math.max(SMALLEST, Math.min(1, zoom));
    }

    get width() {
        return this.props.diagram.width + 2 * MARGIN;
    }

    get height() {
        return this.props.diagram.height + 2 * MARGIN;
    }

    get viewBox() {
        return `${-MARGIN} ${-MARGIN} ${this.width} ${this.height}`;
    }

    get canOpen() {
        return Boolean(this.props.onOpen && this.props.diagram.can_open);
    }

    get activities() {
        return this.props.diagram.activities.map((one) => ({
            ...one,
            middle: one.x + one.width / 2,
            texts: placedLines(one.lines, one.y, BOX_PADDING),
        }));
    }

    get transitions() {
        return this.props.diagram.transitions.map((one) => ({
            ...one,
            path: roundedPath(one.points),
            head: headPoints(one.points).join(" "),
            texts: one.label ? placedLines(one.lines, one.label.y, LABEL_PADDING) : [],
        }));
    }

    symbol(kind) {
        return SYMBOLS[kind];
    }

    zoomBy(factor) {
        this.state.zoom = Math.max(SMALLEST, Math.min(LARGEST, this.state.zoom * factor));
    }

    zoomIn() {
        this.zoomBy(STEP);
    }

    zoomOut() {
        this.zoomBy(1 / STEP);
    }

    zoomToFit() {
        this.state.zoom = this.fitting();
    }

    onWheel(ev) {
        // As everywhere: the wheel alone scrolls.
        if (ev.ctrlKey) {
            ev.preventDefault();
            this.zoomBy(ev.deltaY < 0 ? STEP : 1 / STEP);
        }
    }

    open(model, id) {
        if (this.canOpen) {
            this.props.onOpen(model, id);
        }
    }

    onKeydown(ev, model, id) {
        if (ev.key === "Enter" || ev.key === " ") {
            ev.preventDefault();
            this.open(model, id);
        }
    }
}
