"""Small copies of PNG files, and scatter plots as SVG."""

import struct
import zlib


def halved(source, target):
    """A PNG of 8 bits per channel at half its size."""
    with open(source, "rb") as file:
        data = file.read()
    offset, packed = 8, b""
    while offset < len(data):
        length, kind = struct.unpack(">I4s", data[offset:offset + 8])
        body = data[offset + 8:offset + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
        packed += body if kind == b"IDAT" else b""
        offset += 12 + length
    channels = {0: 1, 2: 3, 4: 2, 6: 4}.get(colour)
    if depth != 8 or interlaced or not channels:
        raise ValueError(f"{source}: expected 8 bits per channel, not interlaced")
    rows = unfiltered(zlib.decompress(packed), width * channels, height, channels)
    out = bytearray()
    for y in range(0, height - 1, 2):
        a, b = rows[y], rows[y + 1]
        line = bytearray(width // 2 * channels)
        for c in range(channels):
            left, right = slice(c, None, 2 * channels), slice(c + channels, None, 2 * channels)
            line[c::channels] = bytes((p + q + r + s + 2) >> 2 for p, q, r, s in
                                      zip(a[left], a[right], b[left], b[right]))
        out += b"\x01"  # each less its left neighbour
        out += line[:channels] + bytes((x - y) & 255 for x, y in zip(line[channels:], line))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    with open(target, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n"
                   + chunk(b"IHDR", struct.pack(">IIBBBBB", width // 2, height // 2, 8, colour, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(bytes(out), 9)) + chunk(b"IEND", b""))


def unfiltered(data, stride, height, step):
    rows, above = [], bytearray(stride)
    for y in range(height):
        kind, row = data[y * (stride + 1)], bytearray(data[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        if kind == 2:
            row = bytearray((a + b) & 255 for a, b in zip(row, above))
        elif kind:
            for i in range(stride):
                left = row[i - step] if i >= step else 0
                corner = above[i - step] if i >= step else 0
                if kind == 1:
                    guess = left
                elif kind == 3:
                    guess = (left + above[i]) >> 1
                else:
                    p = left + above[i] - corner
                    guess = min((left, above[i], corner), key=lambda value: abs(p - value))
                row[i] = (row[i] + guess) & 255
        rows.append(row)
        above = row
    return rows


colours = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf"]


def scatter(path, groups, x, y, limit):
    """Points (x, y) by group, from 0 to `limit` on both axes, with the line on which both are equal."""
    size, margin = 420, 56

    def at(value):
        return max(0, min(1, value / limit)) * size
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{size + margin + 190}" height="{size + margin + 16}" '
             f'font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="white"/>'
             f'<g transform="translate({margin},16)"><rect width="{size}" height="{size}" fill="none" stroke="#888"/>'
             f'<path d="M0 {size}L{size} 0" stroke="#bbb"/>']
    for n in range(6):
        value = limit * n / 5
        parts.append(f'<text x="{at(value):.0f}" y="{size + 17}" text-anchor="middle">{value:g}</text>'
                     f'<text x="-7" y="{size - at(value) + 4:.0f}" text-anchor="end">{value:g}</text>')
    parts.append(f'<text x="{size / 2}" y="{size + 35}" text-anchor="middle">{x}</text>'
                 f'<text transform="translate(-40,{size / 2}) rotate(-90)" text-anchor="middle">{y}</text>')
    for n, (name, points) in enumerate(groups.items()):
        colour = colours[n % len(colours)]
        parts += [f'<circle cx="{at(a):.1f}" cy="{size - at(b):.1f}" r="3" fill="{colour}" fill-opacity=".6"/>'
                  for a, b in points]
        parts.append(f'<circle cx="{size + 16}" cy="{14 + 20 * n}" r="4" fill="{colour}"/>'
                     f'<text x="{size + 26}" y="{18 + 20 * n}">{name} ({len(points)})</text>')
    with open(path, "w") as file:
        file.write("\n".join(parts) + "</g></svg>\n")
