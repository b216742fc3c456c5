// The filters of a player, as a chain of Web Audio nodes
// (https://lavalink.dev/api/rest#filters says what each means).

const bands = [25, 40, 63, 100, 160, 250, 400, 630, 1000, 1600, 2500, 4000, 6300, 10000, 16000];
const lavalinkRate = 48000;

// decibels of an equaliser's gain: -0.25 is silence, 0.25 doubles.
const decibels = (gain) => 20 * Math.log10(Math.max(0.01, 1 + 4 * gain));

export class Chain {
  constructor(ctx, out) {
    this.ctx = ctx;
    this.input = new GainNode(ctx);
    this.gain = new GainNode(ctx, { gain: 0 });
    this.gain.connect(out);
    this.nodes = [];
    this.level = 0;
    this.shape = null;
    this.input.connect(this.gain);
  }

  // apply makes the chain what a player asks for.
  apply(player) {
    const f = player.filters || {};
    this.level = (player.volume / 100) * (f.volume ?? 1);
    this.gain.gain.setTargetAtTime(this.level, this.ctx.currentTime, 0.03);
    const shape = JSON.stringify({ ...f, volume: undefined });
    if (shape === this.shape) return;
    this.shape = shape;
    this.clear();
    const made = [...this.equalizer(f), ...this.lowPass(f), ...this.distortion(f), ...this.tremolo(f), ...this.vibrato(f), ...this.rotation(f), ...this.mix(f)];
    this.string(made);
    this.pitch(f, made, shape);
  }

  // string connects the input with pairs of first and last node, and the gain.
  string(pairs) {
    this.input.disconnect();
    let last = this.input;
    for (const [first, end] of pairs) {
      last.connect(first);
      last = end;
    }
    last.connect(this.gain);
  }

  keep(...nodes) {
    this.nodes.push(...nodes);
    return nodes[0];
  }

  equalizer(f) {
    return (f.equalizer || []).filter((b) => b.gain !== 0 && bands[b.band]).map((b) => {
      const n = this.keep(new BiquadFilterNode(this.ctx, { type: "peaking", frequency: Math.min(bands[b.band], this.ctx.sampleRate / 2 - 1), Q: 2.1, gain: decibels(b.gain) }));
      return [n, n];
    });
  }

  lowPass(f) {
    if (!(f.lowPass?.smoothing > 1)) return [];
    const n = this.keep(new BiquadFilterNode(this.ctx, { type: "lowpass", Q: 0, frequency: lavalinkRate / (2 * Math.PI * f.lowPass.smoothing) }));
    return [[n, n]];
  }

  distortion(f) {
    const d = f.distortion;
    if (!d) return [];
    const curve = Float32Array.from({ length: 1025 }, (_, i) => {
      const x = i / 512 - 1;
      const y = d.offset + d.scale * (Math.sin(x * d.sinScale) + d.sinOffset) * (Math.cos(x * d.cosScale) + d.cosOffset) * (Math.tan(x * d.tanScale) + d.tanOffset);
      return Math.max(-1, Math.min(1, y));
    });
    const n = this.keep(new WaveShaperNode(this.ctx, { curve }));
    return [[n, n]];
  }

  // wave is an oscillator that moves a parameter.
  wave(frequency, depth, param) {
    const o = new OscillatorNode(this.ctx, { frequency });
    const g = new GainNode(this.ctx, { gain: depth });
    o.connect(g).connect(param);
    o.start();
    this.keep(o, g);
  }

  tremolo(f) {
    const d = f.tremolo;
    if (!d) return [];
    const n = this.keep(new GainNode(this.ctx, { gain: 1 - d.depth / 2 }));
    this.wave(d.frequency, d.depth / 2, n.gain);
    return [[n, n]];
  }

  vibrato(f) {
    const d = f.vibrato;
    if (!d) return [];
    const n = this.keep(new DelayNode(this.ctx, { delayTime: 0.006, maxDelayTime: 0.02 }));
    this.wave(d.frequency, 0.004 * d.depth, n.delayTime);
    return [[n, n]];
  }

  rotation(f) {
    if (!f.rotation?.rotationHz) return [];
    const n = this.keep(new StereoPannerNode(this.ctx));
    this.wave(f.rotation.rotationHz, 1, n.pan);
    return [[n, n]];
  }

  mix(f) {
    const m = f.channelMix;
    if (!m) return [];
    const stereo = this.keep(new GainNode(this.ctx, { channelCount: 2, channelCountMode: "explicit" }));
    const split = this.keep(new ChannelSplitterNode(this.ctx, { numberOfOutputs: 2 }));
    const merge = this.keep(new ChannelMergerNode(this.ctx, { numberOfInputs: 2 }));
    stereo.connect(split);
    for (const [from, to, gain] of [[0, 0, m.leftToLeft], [0, 1, m.leftToRight], [1, 0, m.rightToLeft], [1, 1, m.rightToRight]]) {
      const g = this.keep(new GainNode(this.ctx, { gain }));
      split.connect(g, from);
      g.connect(merge, 0, to);
    }
    return [[stereo, merge]];
  }

  // pitch: the loop runs at the speed that the position has; what that does to
  // the pitch, and what the pitch was asked to be, is made up for in a worklet.
  async pitch(f, made, shape) {
    const s = f.timescale;
    const ratio = s ? s.pitch / s.speed : 1;
    if (Math.abs(ratio - 1) < 0.01 || !this.ctx.audioWorklet) return;
    try {
      await this.ctx.audioWorklet.addModule("/sandbox/js/pitch-worklet.js");
    } catch {
      return; // in step without it, if not in tune
    }
    if (shape !== this.shape || this.closed) return;
    const n = this.keep(new AudioWorkletNode(this.ctx, "pitch", { outputChannelCount: [2], parameterData: { ratio } }));
    this.string([[n, n], ...made]);
  }

  clear() {
    for (const n of this.nodes) {
      n.disconnect();
      if (n.stop) n.stop();
    }
    this.nodes = [];
  }

  // close lets the end of the sound out, so many seconds.
  close(after) {
    this.closed = true;
    setTimeout(() => {
      this.clear();
      this.input.disconnect();
      this.gain.disconnect();
    }, after * 1000);
  }
}
