"""The confusion matrix as a picture."""

from typing import List

CELL = 44
# Room for the title and the digits of the columns, for those of the rows, and for the words below.
TOP = 68
LEFT = 56
BOTTOM = 36
RIGHT = 12


def confusion(labels: List[int], answers: List[int]) -> List[List[int]]:
    """Row: the digit; column: what the model said; the number of pictures."""
    matrix = [[0] * 10 for _ in range(10)]
    for label, answer in zip(labels, answers):
        matrix[label][answer] += 1
    return matrix


def draw(matrix: List[List[int]], title: str) -> str:
    """An SVG in which the diagonal is what was right, and every other cell a mistake."""
    width, height = LEFT + 10 * CELL + RIGHT, TOP + 10 * CELL + BOTTOM
    most = max(max(row) for row in matrix) or 1
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="14">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="26" font-size="16" fill="#1a1f24">{title}</text>',
        f'<text x="{LEFT + 5 * CELL}" y="{height - 12}" text-anchor="middle" fill="#56616b">what the model said</text>',
        f'<text transform="translate(18 {TOP + 5 * CELL}) rotate(-90)" text-anchor="middle" fill="#56616b">the digit</text>',
    ]
    for digit in range(10):
        middle = digit * CELL + CELL / 2
        parts.append(f'<text x="{LEFT + middle - 1}" y="{TOP - 8}" text-anchor="middle" fill="#56616b">{digit}</text>')
        parts.append(f'<text x="{LEFT - 14}" y="{TOP + middle + 4}" text-anchor="middle" fill="#56616b">{digit}</text>')
        for said in range(10):
            parts.extend(_cell(matrix[digit][said], most, digit, said))
    return "\n".join([*parts, "</svg>", ""])


def _cell(count: int, most: int, digit: int, said: int) -> List[str]:
    x, y = LEFT + said * CELL, TOP + digit * CELL
    shade = 0.0 if count == 0 else 0.15 + 0.85 * count / most
    color = "20,110,180" if digit == said else "200,60,40"
    cell = f'<rect x="{x}" y="{y}" width="{CELL - 2}" height="{CELL - 2}" rx="4" fill="rgba({color},{shade:.2f})" stroke="#e3e7ea"/>'
    if count == 0:
        return [cell]
    ink = "#ffffff" if shade > 0.8 else "#1a1f24"
    return [cell, f'<text x="{x + CELL / 2 - 1}" y="{y + CELL / 2 + 4}" text-anchor="middle" fill="{ink}">{count}</text>']
