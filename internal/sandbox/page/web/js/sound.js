// What is heard: only what a node was told to play, by a bot that is in the
// voice channel of the user that one is. A node that is down plays nothing, and
// its player list says so.
import { audioURL } from "./api.js";
import { emit, me, on, state, voiceOf } from "./state.js";
import { Chain } from "./voice-chain.js";
import { draw } from "./visual.js";

const maxDrift = 0.12; // seconds
const keptBuffers = 12;
const lostAfter = 15000; // ms without a stream, until nothing is believed any more

// Playing is one player that is heard.
class Playing {
  constructor(sound, identifier) {
    this.sound = sound;
    this.identifier = identifier;
    this.chain = new Chain(sound.ctx, sound.master);
    this.source = null;
    this.player = null;
  }

  // due is where the node is now, in seconds of the loop.
  due() {
    const p = this.player;
    const ms = p.position_ms + (Date.now() - p.at_ms) * p.speed;
    return (ms / 1000) % this.buffer.duration;
  }

  // now is where the loop is now.
  now() {
    return (this.offset + (this.sound.ctx.currentTime - this.began) * this.rate) % this.buffer.duration;
  }

  async follow(player) {
    this.player = player;
    this.chain.apply(player);
    if (!this.buffer) {
      const buffer = await this.sound.load(this.identifier);
      if (this.ended || this.buffer) return;
      this.buffer = buffer;
    }
    const rate = this.player.speed || 1;
    if (this.source) {
      let off = Math.abs(this.due() - this.now());
      off = Math.min(off, this.buffer.duration - off);
      if (off <= maxDrift && rate === this.rate) return;
    }
    this.start(rate);
  }

  start(rate) {
    this.halt();
    const ctx = this.sound.ctx;
    this.source = new AudioBufferSourceNode(ctx, { buffer: this.buffer, loop: true, playbackRate: rate });
    this.edge = new GainNode(ctx, { gain: 0 });
    this.source.connect(this.edge).connect(this.chain.input);
    this.offset = this.due();
    this.began = ctx.currentTime;
    this.rate = rate;
    // A few milliseconds of fading, or each start would click.
    this.edge.gain.setTargetAtTime(1, ctx.currentTime, 0.008);
    this.source.start(0, this.offset);
  }

  halt() {
    if (!this.source) return;
    const { source, edge } = this;
    edge.gain.setTargetAtTime(0, this.sound.ctx.currentTime, 0.008);
    source.stop(this.sound.ctx.currentTime + 0.05);
    source.onended = () => edge.disconnect();
    this.source = null;
  }

  end() {
    this.ended = true;
    this.halt();
    this.chain.close(0.08);
  }
}

class Sound {
  constructor() {
    this.volume = 0.8;
    this.muted = false;
    this.playing = new Map();
    this.buffers = new Map();
    this.unable = !window.AudioContext;
    this.lostAt = 0;
  }

  get on() { return this.ctx?.state === "running"; }

  // turnOn is called from a click: browsers let no page sound before one.
  async turnOn() {
    if (!this.ctx) {
      this.ctx = new AudioContext({ latencyHint: "interactive" });
      this.master = new GainNode(this.ctx, { gain: this.gain() });
      this.analyser = new AnalyserNode(this.ctx, { fftSize: 2048, smoothingTimeConstant: 0.75 });
      this.master.connect(this.analyser).connect(this.ctx.destination);
      this.ctx.addEventListener("statechange", () => emit("sound"));
    }
    await this.ctx.resume();
    this.sync();
    emit("sound");
  }

  gain() { return this.muted ? 0 : this.volume; }

  setVolume(v) {
    this.volume = Math.min(1, Math.max(0, v));
    this.master?.gain.setTargetAtTime(this.gain(), this.ctx.currentTime, 0.02);
  }

  setMuted(muted) {
    this.muted = muted;
    this.setVolume(this.volume);
    emit("sound");
  }

  load(identifier) {
    let b = this.buffers.get(identifier);
    if (!b) {
      b = fetch(audioURL(identifier)).then((r) => {
        if (!r.ok) throw new Error("HTTP " + r.status);
        return r.arrayBuffer();
      }).then((raw) => this.ctx.decodeAudioData(raw));
      b.catch(() => this.buffers.delete(identifier));
    }
    this.buffers.delete(identifier);
    this.buffers.set(identifier, b);
    while (this.buffers.size > keptBuffers) this.buffers.delete(this.buffers.keys().next().value);
    return b;
  }

  // heard lists the players whose bot is where the user is: [key, player].
  heard() {
    const out = [];
    const u = me();
    if (!u) return out;
    for (const [node, players] of state.nodes) {
      for (const p of players) {
        const mine = voiceOf(u.id, p.guild), bots = voiceOf(p.user, p.guild);
        if (!p.track || !p.connected || !mine || !bots || mine.channel_id !== bots.channel_id) continue;
        if (mine.deaf || mine.self_deaf || bots.mute || bots.suppress) continue;
        out.push([node + "/" + p.guild + "/" + p.user, p]);
      }
    }
    return out;
  }

  // sync makes what sounds what should sound.
  sync() {
    if (this.on) {
      const lost = this.lostAt && Date.now() - this.lostAt > lostAfter;
      const wanted = new Map(lost ? [] : this.heard().filter(([, p]) => p.sounding && !p.paused));
      for (const [key, v] of this.playing) {
        if (wanted.get(key)?.track.identifier === v.identifier) continue;
        v.end();
        this.playing.delete(key);
      }
      for (const [key, p] of wanted) {
        if (!this.playing.has(key)) this.playing.set(key, new Playing(this, p.track.identifier));
        this.playing.get(key).follow(p).catch(() => this.playing.delete(key));
      }
    }
    emit("sound");
  }

  status() {
    const heard = this.heard();
    return {
      on: Boolean(this.on), unable: this.unable,
      titles: heard.filter(([, p]) => p.sounding && !p.paused).map(([, p]) => p.track.title),
      paused: heard.find(([, p]) => p.paused)?.[1].track.title,
    };
  }

  level() {
    if (!this.analyser) return 0;
    const a = new Float32Array(this.analyser.fftSize);
    this.analyser.getFloatTimeDomainData(a);
    return Math.sqrt(a.reduce((sum, x) => sum + x * x, 0) / a.length);
  }

  draw(canvas) { draw(canvas, () => (this.on && this.playing.size ? this.analyser : null)); }

  // report is for whoever tests the page: what sounds now.
  report() {
    return {
      state: this.ctx?.state || "off", level: this.level(),
      playing: [...this.playing.values()].filter((v) => v.source).map((v) => ({
        identifier: v.identifier, position: v.now(), due: v.due(), gain: v.chain.level, rate: v.rate,
      })),
    };
  }
}

export const sound = new Sound();

export function startSound() {
  on("players voice place world", () => sound.sync());
  on("connection", () => {
    sound.lostAt = state.online ? 0 : Date.now();
    if (!state.online) setTimeout(() => sound.sync(), lostAfter + 100);
  });
  window.__sandbox = { audio: () => sound.report() };
}
