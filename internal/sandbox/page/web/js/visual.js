// Bars that follow what is heard, by the analyser of the sound.
const bars = 32;

// draw keeps a canvas in step; analyser() is null while nothing sounds.
export function draw(canvas, analyser) {
  const g = canvas.getContext("2d");
  const scale = Math.min(2, devicePixelRatio || 1);
  canvas.width = 232 * scale;
  canvas.height = 40 * scale;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let flat = false;
  const paint = () => {
    const a = analyser();
    if (!a && flat) return;
    flat = !a;
    const data = new Uint8Array(a ? a.frequencyBinCount : 0);
    a?.getByteFrequencyData(data);
    const w = canvas.width / bars;
    g.clearRect(0, 0, canvas.width, canvas.height);
    g.fillStyle = getComputedStyle(canvas).color;
    for (let i = 0; i < bars; i++) {
      // Low notes take as much room as high ones: bins by the square.
      const from = Math.floor((i / bars) ** 2 * data.length * 0.6), to = Math.max(from + 1, Math.floor(((i + 1) / bars) ** 2 * data.length * 0.6));
      let top = 0;
      for (let k = from; k < to; k++) top = Math.max(top, data[k] || 0);
      const height = Math.max(scale * 2, (top / 255) * canvas.height);
      g.beginPath();
      g.roundRect(i * w + w * 0.2, (canvas.height - height) / 2, w * 0.6, height, w * 0.3);
      g.fill();
    }
  };
  let last = 0;
  const tick = (now) => {
    if (!canvas.isConnected) return;
    // Who wants little motion gets a picture now and then.
    if (now - last >= (calm.matches ? 1000 : 30)) {
      last = now;
      paint();
    }
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}
