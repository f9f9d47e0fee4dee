/// The styles of all pages: light and dark as the system is, on paper always light.
///
/// Text has a contrast of at least 4.5 : 1 on what lies behind it, and what has the focus is outlined.
enum PageStyle {
  static let css = """
    :root{--page:#f6f7f9;--card:#fff;--text:#1b1f24;--quiet:#545d68;--line:#d5dae0;--link:#0b57a8;\
    --good:#14692b;--good-back:#e2f4e6;--bad:#a31515;--bad-back:#fde8e8;--warn:#7a4b00;--warn-back:#fdf1d8;\
    --bar:#3f7fc1}
    @media (prefers-color-scheme:dark){:root{--page:#14171b;--card:#1d2127;--text:#e6e9ed;--quiet:#a9b2bd;\
    --line:#3a424c;--link:#7db8ff;--good:#7fdc97;--good-back:#16321e;--bad:#ff9c9c;--bad-back:#3d1a1a;\
    --warn:#f3c969;--warn-back:#3a2d10;--bar:#6aa5e3}}
    *{box-sizing:border-box}
    html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;background:var(--page);color:var(--text)}
    body{margin:0 auto;padding:1rem;max-width:78rem}
    .skip{position:absolute;left:-99rem}
    .skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:9}
    h1{font-size:1.6rem;line-height:1.25;margin:.2rem 0;overflow-wrap:anywhere}
    h2{font-size:1.2rem;margin:0 0 .6rem}
    h3{font-size:1rem;margin:1rem 0 .4rem}
    p{margin:.3rem 0 .7rem}
    a{color:var(--link)}
    :focus-visible{outline:3px solid var(--link);outline-offset:2px}
    header p,.quiet,figcaption,footer{color:var(--quiet)}
    section,.notice{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0}
    .notice{padding:.6rem 1rem;font-weight:600}
    .warnings{background:var(--warn-back);color:var(--warn);border-color:currentColor}
    .warnings ul{margin:0;padding-left:1.2rem}
    .warnings li{overflow-wrap:anywhere}
    .failure{background:var(--bad-back);color:var(--bad);border-color:currentColor}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.8rem;margin:1rem 0;padding:0}
    .cards div{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem}
    .cards dt{color:var(--quiet);font-size:.85rem}
    .cards dd{margin:0;font-size:1.25rem;font-weight:600}
    .cards small{display:block;font-size:.85rem;font-weight:400;color:var(--quiet)}
    .pass{color:var(--good)}
    .fail{color:var(--bad)}
    .doubt{color:var(--warn)}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-size:.92rem}
    caption{text-align:left;color:var(--quiet);padding-bottom:.3rem}
    th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line)}
    thead th{border-bottom:2px solid var(--line);white-space:nowrap}
    tbody th{font-weight:600}
    td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
    th button{all:unset;cursor:pointer;font-weight:600}
    th button:focus-visible{outline:3px solid var(--link)}
    th[aria-sort=ascending] button::after{content:" \\2191"}
    th[aria-sort=descending] button::after{content:" \\2193"}
    code,.hash{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.85em;overflow-wrap:anywhere}
    figure{margin:0}
    img{max-width:100%;height:auto;display:block;border-radius:.3rem}
    .maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:1rem}
    .viewer{position:relative;width:100%;height:42rem;max-height:90vh;background:#101216;border-radius:.3rem;overflow:hidden}
    .viewer canvas{width:100%;height:100%;display:block}
    .viewer p{position:absolute;inset:0;display:grid;place-items:center;margin:0;padding:1rem;color:#e6e9ed;\
    text-align:center;pointer-events:none}
    .viewer p:empty{display:none}
    .controls{display:flex;flex-wrap:wrap;gap:.5rem 1.4rem;align-items:center;margin:.8rem 0}
    fieldset{border:1px solid var(--line);border-radius:.4rem;padding:.3rem .7rem;margin:0;min-width:0}
    legend{color:var(--quiet);font-size:.85rem;padding:0 .3rem}
    label{display:inline-flex;gap:.35rem;align-items:center;margin-right:.8rem}
    input,select,button{font:inherit;color:inherit}
    select,input[type=search],.controls button{background:var(--card);border:1px solid var(--quiet);border-radius:.3rem;padding:.2rem .5rem}
    .controls button[aria-pressed=true]{background:var(--text);color:var(--card)}
    output{font-variant-numeric:tabular-nums}
    details{margin:.6rem 0}
    summary{cursor:pointer;font-weight:600}
    .thumb{width:7rem}
    .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:1rem}
    svg text{fill:var(--text);font-size:12px}
    svg .axis{stroke:var(--quiet);stroke-width:1}
    svg .bar{fill:var(--bar)}
    svg .grid{stroke:var(--line);stroke-width:1}
    svg .border{stroke-dasharray:3 3}
    svg .line{fill:none;stroke-width:2;stroke:var(--bar)}
    svg .line1{stroke:var(--warn);stroke-dasharray:6 3}
    svg .dot0{fill:var(--bar)}
    svg .dot1{fill:var(--warn)}
    figure[hidden],label[hidden]{display:none}
    @page{size:A4;margin:14mm}
    @media print{:root{--page:#fff;--card:#fff;--text:#000;--quiet:#444;--line:#bbb;--link:#000;--good:#14692b;\
    --good-back:#fff;--bad:#a31515;--bad-back:#fff;--warn:#5c3900;--warn-back:#fff;--bar:#3f7fc1}
    html{font-size:10.5pt;background:#fff}body{padding:0;max-width:none}
    .screen,.skip{display:none!important}
    section{break-inside:auto;padding:.5rem 0;border-width:1px 0 0;border-radius:0}
    figure,tr,.cards div{break-inside:avoid}h2,h3{break-after:avoid}.scroll{overflow:visible}}
    """
}
