/** Length of an arrow's head, and how far lines are rounded at their bends. */
const HEAD = 8;
const ROUND = 14;

function towards([x1, y1], [x2, y2], distance) {
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const part = Math.min(distance, length / 2) / length;
    return [x1 + (x2 - x1) * part, y1 + (y2 - y1) * part];
}

const text = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** The path of a line through points, with round bends. */
export function roundedPath(points) {
    const parts = [`M ${text(points[0])}`];
    for (let i = 1; i < points.length - 1; i++) {
        const before = towards(points[i], points[i - 1], ROUND);
        const after = towards(points[i], points[i + 1], ROUND);
        parts.push(`L ${text(before)} Q ${text(points[i])} ${text(after)}`);
    }
    parts.push(`L ${text(points.at(-1))}`);
    return parts.join(" ");
}

/** The three corners of the head at the end of a line. */
export function headPoints(points) {
    const [x, y] = points.at(-1);
    const [fromX, fromY] = points.at(-2);
    const angle = Math.atan2(y - fromY, x - fromX);
    const corner = (turn) => [x - HEAD * Math.cos(angle + turn), y - HEAD * Math.sin(angle + turn)];
    return [[x, y], corner(0.42), corner(-0.42)].map((one) => one.map((n) => n.toFixed(1)).join());
}

/** Lines of text with the middle of each, from the top of a rectangle on. */
export function placedLines(lines, top, padding) {
    let y = top + padding;
    return lines.map((line) => {
        const placed = { ...line, y: y + line.height / 2 };
        y += line.height;
        return placed;
    });
}
