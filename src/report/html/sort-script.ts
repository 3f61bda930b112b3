/** Sorts a `.sortable` table by the column whose title is clicked: numbers by `data-v`, largest first, else by text. */
export const SORT_SCRIPT = `
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.firstChild.addEventListener('click', () => {
    const isNumber = head.classList.contains('n');
    const was = head.getAttribute('aria-sort');
    const down = was ? was === 'ascending' : isNumber;
    const key = (row) => isNumber ? Number(row.cells[column].dataset.v) : row.cells[column].textContent;
    const order = (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (down ? -1 : 1);
    heads.forEach((other) => other.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    table.tBodies[0].append(...[...table.tBodies[0].rows].sort(order));
  }));
}
`;
