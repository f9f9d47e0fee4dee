/// Chooses among the pictures of a training's page, and loads the page again while the training runs.
///
/// What was chosen stands in the address, behind `#`, because a page from a disk may keep nothing elsewhere.
enum TrainingScript {
  static let source = #"""
    'use strict';
    (() => {
      const $ = id => document.getElementById(id);
      const settings = JSON.parse($('training').textContent);
      const state = new URLSearchParams(location.hash.slice(1));
      const keep = (name, value) => {
        if (value === null) state.delete(name); else state.set(name, value);
        history.replaceState(null, '', '#' + state);
      };
      const slider = $('epoch'), box = $('reload');
      if (slider) {
        const figures = [...$('pictures').children];
        const show = number => {
          figures.forEach((figure, n) => { figure.hidden = n !== number; });
          slider.value = number;
          const name = figures[number].dataset.name;
          $('epoch-name').textContent = name;
          slider.setAttribute('aria-valuetext', name);
        };
        // The last one follows the training; another stays where it is.
        const chosen = figures.findIndex(figure => figure.dataset.name === state.get('epoch'));
        show(chosen < 0 ? figures.length - 1 : chosen);
        slider.addEventListener('input', () => {
          const number = Number(slider.value);
          show(number);
          keep('epoch', number === figures.length - 1 ? null : figures[number].dataset.name);
        });
      }
      if (box) {
        box.checked = state.get('reload') !== 'off';
        box.closest('label').hidden = !settings.reloads;
        box.addEventListener('change', () => keep('reload', box.checked ? null : 'off'));
      }
      if (state.get('y')) window.scrollTo(0, Number(state.get('y')));
      if (settings.reloads) {
        setInterval(() => {
          if (box && !box.checked) return;
          keep('y', window.scrollY ? Math.round(window.scrollY) : null);
          location.reload();
        }, 1000 * settings.seconds);
      }
      document.documentElement.dataset.training = 'ready';
    })();
    """#
}
