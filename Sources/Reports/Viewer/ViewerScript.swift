/// What the page of a case does with NiiVue: unpacks it, hands it the volumes and the mesh that the page holds, and links
/// it to the controls. Without WebGL 2 the page says so; its pictures show the case too.
enum ViewerScript {
  static let source = #"""
    'use strict';
    (async () => {
      const $ = id => document.getElementById(id);
      const config = JSON.parse($('viewer-config').textContent);
      const status = $('viewer-status'), canvas = $('viewer-canvas');
      const tell = text => { status.textContent = text; };
      const unpacked = (id, format) => {
        const text = atob($(id).textContent), bytes = new Uint8Array(text.length);
        for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
        return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)));
      };
      try {
        if (!document.createElement('canvas').getContext('webgl2')) {
          tell('This browser shows no 3-D graphics (WebGL 2); the pictures on this page show the case too.');
          return;
        }
        const code = await unpacked('viewer-code', 'deflate-raw').text();
        // The wheel's module exports its widget alone; what is wanted is the class inside it.
        const module = code.replace(/export\s*\{[^}]*\};?\s*$/, 'export{t2 as Niivue};');
        const url = URL.createObjectURL(new Blob([module], {type: 'text/javascript'}));
        const {Niivue} = await import(url);
        URL.revokeObjectURL(url);
        const nv = new Niivue({
          backColor: [0.06, 0.07, 0.09, 1], crosshairColor: [0.45, 0.75, 1, 0.6], crosshairWidth: 1,
          show3Dcrosshair: false, dragAndDropEnabled: false, loadingText: '', isRadiologicalConvention: true,
          multiplanarShowRender: 1, sagittalNoseLeft: true, tileMargin: 4, meshThicknessOn2D: 0.5, isColorbar: false, logLevel: 'silent'
        });
        await nv.attachToCanvas(canvas);
        nv.setRadiologicalConvention(true);
        const load = async item => {
          await nv.loadFromArrayBuffer(await unpacked(item.id, 'gzip').arrayBuffer(), item.file);
          const volume = nv.volumes[nv.volumes.length - 1];
          volume.colormap = item.colours;
          [volume.cal_min, volume.cal_max] = item.window;
          volume.opacity = item.opacity;
          nv.updateGLVolume();
          return volume;
        };
        let skull = null, shape = null, part = null;
        const opacity = () => Number($('viewer-opacity').value) / 100;
        const show = async number => {
          if (shape) { nv.removeVolume(shape); shape = null; }
          const item = config.shapes[number];
          if (item && $('viewer-shape').checked) {
            shape = await load({...item, opacity: opacity()});
          }
          nv.updateGLVolume();
          document.documentElement.dataset.shape = item ? item.name : '';
          if ($('viewer-figures')) $('viewer-figures').textContent = item ? item.figures : '';
        };
        if (config.skull) skull = await load(config.skull);
        // One change after the other: each loads a volume, and the last that was asked for is the one that stays.
        let chosen = 0, queue = Promise.resolve();
        const choose = number => {
          chosen = number;
          queue = queue.then(() => show(chosen))
            .catch(error => tell('This shape could not be shown: ' + error.message));
          return queue;
        };
        await choose(0);
        if (config.mesh) {
          await nv.loadFromArrayBuffer(await unpacked(config.mesh.id, 'gzip').arrayBuffer(), config.mesh.file);
          part = nv.meshes[0];
          nv.setMeshProperty(part.id, 'rgba255', new Uint8Array([240, 190, 40, 255]));
          nv.setMeshProperty(part.id, 'visible', $('viewer-part').checked);
        }
        if (config.centre) nv.scene.crosshairPos = nv.mm2frac(config.centre);
        const layouts = {all: nv.sliceTypeMultiplanar, axial: nv.sliceTypeAxial, coronal: nv.sliceTypeCoronal,
          sagittal: nv.sliceTypeSagittal, render: nv.sliceTypeRender};
        nv.setSliceType(layouts.all);
        nv.setMultiplanarLayout(2);
        if (config.view) nv.setRenderAzimuthElevation(config.view[0], config.view[1]);
        for (const button of document.querySelectorAll('[data-layout]')) {
          button.addEventListener('click', () => {
            nv.setSliceType(layouts[button.dataset.layout]);
            for (const other of document.querySelectorAll('[data-layout]')) {
              other.setAttribute('aria-pressed', String(other === button));
            }
          });
        }
        $('viewer-skull').addEventListener('change', event => {
          if (skull) nv.setOpacity(nv.volumes.indexOf(skull), event.target.checked ? 1 : 0);
        });
        $('viewer-shape').addEventListener('change', () => choose(chosen));
        $('viewer-part').addEventListener('change', event => {
          if (part) nv.setMeshProperty(part.id, 'visible', event.target.checked);
        });
        $('viewer-opacity').addEventListener('input', () => {
          if (shape) nv.setOpacity(nv.volumes.indexOf(shape), opacity());
        });
        if ($('viewer-way')) {
          $('viewer-way').addEventListener('change', event => choose(Number(event.target.value)));
        }
        if ($('viewer-gamma')) {
          $('viewer-gamma').addEventListener('input', event => {
            const step = config.gammas[Number(event.target.value)];
            $('viewer-gamma-value').textContent = step.text;
            event.target.setAttribute('aria-valuetext', 'gamma ' + step.text);
            choose(step.shape);
          });
        }
        tell('');
        document.documentElement.dataset.viewer = 'ready';
      } catch (error) {
        tell('The viewer did not start: ' + error.message + '. The pictures on this page show the case too.');
        document.documentElement.dataset.viewer = 'failed';
      }
    })();
    """#
}
