/// Sorts and filters the table of a batch's page.
enum TableScript {
  static let source = #"""
    'use strict';
    (() => {
      const $ = id => document.getElementById(id);
      const table = $('table'), body = table.tBodies[0], rows = [...body.rows];
      const heads = [...table.tHead.rows[0].cells];
      const text = new Map(rows.map(row => [row, row.textContent.toLowerCase()]));
      const filter = () => {
        const wanted = $('search').value.trim().toLowerCase(), state = $('state').value;
        const kind = $('kind') ? $('kind').value : '';
        let shown = 0;
        for (const row of rows) {
          row.hidden = !(text.get(row).includes(wanted) && (!state || row.dataset.state === state)
            && (!kind || row.dataset.kind === kind));
          if (!row.hidden) shown++;
        }
        $('count').textContent = shown + ' of ' + rows.length;
      };
      const sort = column => {
        const head = heads[column], down = head.getAttribute('aria-sort') === 'ascending';
        for (const other of heads) if (other.hasAttribute('aria-sort')) other.setAttribute('aria-sort', 'none');
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        const number = head.classList.contains('number');
        const key = row => row.cells[column].dataset.key;
        const order = [...rows].sort((a, b) => {
          const x = key(a), y = key(b);
          // What has no figure stands last both ways.
          if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
          const difference = number ? x - y : x.localeCompare(y, undefined, {numeric: true});
          return down ? -difference : difference;
        });
        body.append(...order);
      };
      for (const button of table.tHead.querySelectorAll('button')) {
        button.addEventListener('click', () => sort(Number(button.dataset.column)));
      }
      $('search').addEventListener('input', filter);
      $('state').addEventListener('change', filter);
      if ($('kind')) $('kind').addEventListener('change', filter);
      document.documentElement.dataset.table = 'ready';
    })();
    """#
}
