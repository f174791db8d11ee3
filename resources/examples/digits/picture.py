"""The confusion matrix as a picture."""

from typing import List

CELL = 44
EDGE = 56


def confusion(labels: List[int], answers: List[int]) -> List[List[int]]:
    """Row: the digit; column: what the model said; the number of pictures."""
    matrix = [[0] * 10 for _ in range(10)]
    for label, answer in zip(labels, answers):
        matrix[label][answer] += 1
    return matrix


def draw(matrix: List[List[int]], title: str) -> str:
    """An SVG in which the diagonal is what was right, and every other cell a mistake."""
    size = EDGE + 10 * CELL
    most = max(max(row) for row in matrix) or 1
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + 12} {size + 40}" font-family="sans-serif" font-size="14">',
        f'<rect width="{size + 12}" height="{size + 40}" fill="#ffffff"/>',
        f'<text x="{EDGE}" y="22" font-size="16" fill="#1a1f24">{title}</text>',
        f'<text x="{EDGE + 5 * CELL}" y="{size + 32}" text-anchor="middle" fill="#56616b">what the model said</text>',
        f'<text transform="translate(14 {EDGE - 14 + 5 * CELL}) rotate(-90)" text-anchor="middle" fill="#56616b">the digit</text>',
    ]
    for digit in range(10):
        middle = EDGE + digit * CELL + CELL / 2
        parts.append(f'<text x="{middle}" y="{EDGE - 20}" text-anchor="middle" fill="#56616b">{digit}</text>')
        parts.append(f'<text x="{EDGE - 12}" y="{middle - 9}" text-anchor="middle" fill="#56616b">{digit}</text>')
        for said in range(10):
            parts.extend(_cell(matrix[digit][said], most, digit, said))
    return "\n".join([*parts, "</svg>", ""])


def _cell(count: int, most: int, digit: int, said: int) -> List[str]:
    x, y = EDGE + said * CELL, EDGE - 14 + digit * CELL
    shade = 0.0 if count == 0 else 0.15 + 0.85 * count / most
    color = "20,110,180" if digit == said else "200,60,40"
    cell = f'<rect x="{x}" y="{y}" width="{CELL - 2}" height="{CELL - 2}" rx="4" fill="rgba({color},{shade:.2f})" stroke="#e3e7ea"/>'
    if count == 0:
        return [cell]
    ink = "#ffffff" if shade > 0.55 else "#1a1f24"
    return [cell, f'<text x="{x + CELL / 2 - 1}" y="{y + CELL / 2 + 4}" text-anchor="middle" fill="{ink}">{count}</text>']
