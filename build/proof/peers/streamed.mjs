// A bare gateway client: the package alone, with one shard and a zlib-stream.
import assert from 'node:assert/strict';
import { CompressionMethod, WebSocketManager, WebSocketShardEvents, version } from 'gateway';
import { Seen } from './world.mjs';

/** Streamed is what that client has been told. */
export class Streamed {
  static version = version;

  seen = new Seen();

  constructor(bot, rest) {
    const { seen } = this;
    this.manager = new WebSocketManager({
      token: bot.token, intents: 1 | (1 << 7), rest, shardCount: 1, compression: CompressionMethod.ZlibNative,
    });
    this.manager.on(WebSocketShardEvents.Ready, () => seen.note('ready'));
    this.manager.on(WebSocketShardEvents.Resumed, () => seen.note('resumed'));
    this.manager.on(WebSocketShardEvents.Dispatch, (p) => seen.note('dispatch', { t: p.t, s: p.s, d: p.d }));
    this.manager.on(WebSocketShardEvents.Error, (e) => seen.note('error', { message: e.message }));
    this.manager.on(WebSocketShardEvents.Debug, (text) => { if (/compression: zlib-stream/.test(text)) seen.note('stream'); });
  }

  async connects() {
    await this.manager.connect();
    await this.seen.next(0, 'dispatch', (e) => e.t === 'GUILD_CREATE');
    assert.ok(this.seen.since(0, 'stream').length > 0, 'the stream is compressed');
  }

  guilds() { return this.seen.since(0, 'dispatch').filter((e) => e.t === 'GUILD_CREATE').map((e) => e.d.name); }

  hears(user, channel) {
    return this.seen.next(0, 'dispatch', (e) => e.t === 'VOICE_STATE_UPDATE' && e.d.user_id === user && e.d.channel_id === channel);
  }

  /** resumes breaks the connection: a new stream follows, and the same session. */
  async resumes(break_) {
    const mark = this.seen.mark();
    await break_();
    await this.seen.next(mark, 'resumed');
    assert.equal(this.seen.since(mark, 'ready').length, 0);
  }

  /** broken lists what went wrong, and the sequence numbers that were skipped or repeated. */
  broken() {
    const told = this.seen.since(0, 'dispatch').map((e) => e.s);
    return [...this.seen.since(0, 'error').map((e) => e.message), ...told.filter((s, n) => s !== n + 1)];
  }

  leaves() { return this.manager.destroy(); }
}
