// An unmodified discord.js with two shards, whose payloads are compressed, and
// the newer gateway package of the same makers with a zlib-stream, live through
// the ways in which a gateway fails: each session that may come back does, with
// everything that happened meanwhile told once.
import assert from 'node:assert/strict';
import { Client, CompressionMethod, Events, GatewayIntentBits, SimpleShardingStrategy, SlashCommandBuilder, version } from 'discord.js';
import { Streamed } from './streamed.mjs';
import { Seen, World, refused, run, until } from './world.mjs';

const world = new World(process.argv[2]);
const first = await world.view();
const [me, second, third] = first.bots;
const demo = first.guilds.find((g) => g.name === 'demo');
const api = first.rest_url.replace(/\/v10$/, '');
const seen = new Seen();
const shardOf = (guild) => Number((BigInt(guild) >> 22n) % 2n);

// compressed asks for compression. Without a native addon this package then has
// each payload compressed by itself, which IDENTIFY asks for.
const compressed = (manager) => {
  manager.options.compression = CompressionMethod.ZlibStream;
  return new SimpleShardingStrategy(manager);
};
const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates, GatewayIntentBits.DirectMessages],
  rest: { api }, shards: [0, 1], shardCount: 2, ws: { buildStrategy: compressed },
});
client.once(Events.ClientReady, () => seen.note('ready'));
client.on(Events.ShardReady, (shard) => seen.note('shardReady', { shard }));
client.on(Events.ShardResume, (shard) => seen.note('resumed', { shard }));
client.on(Events.ShardReconnecting, (shard) => seen.note('reconnecting', { shard }));
client.on(Events.ShardDisconnect, (e, shard) => seen.note('disconnected', { shard, code: e.code }));
client.on(Events.Error, (e) => seen.note('error', { message: e.message }));
client.on(Events.Debug, (text) => { if (/compression: identify/.test(text)) seen.note('compressed'); });
client.on(Events.VoiceStateUpdate, (from, to) => seen.note('voice', { to: `${to.member.user.username} ${to.channel?.name ?? 'out'}` }));
client.on(Events.InteractionCreate, async (i) => {
  seen.note('asked', { shard: i.guild?.shardId ?? 0, direct: !i.inGuild() });
  await i.reply(`shard ${i.guild?.shardId ?? 'of direct messages'}`);
});
const streamed = new Streamed(second, client.rest);

const bot = async (who = me) => (await world.view()).bots.find((b) => b.name === who.name);
const sessions = () => client.ws.shards.map((s) => s.sessionInfo?.sessionId);
const both = (mark, name) => until(`${name} of both shards`, () => new Set(seen.since(mark, name).map((e) => e.shard)).size === 2);
const moves = (mark) => seen.since(mark, 'voice').map((e) => e.to);

async function identifies() {
  await client.login(me.token);
  await seen.next(0, 'ready', () => true, 40_000);
  await both(0, 'shardReady');
  await until('both are connected', async () => (await bot()).connected === 2);
  assert.equal((await bot()).sessions, 2);
  const guilds = Object.fromEntries(client.guilds.cache.map((g) => [g.name, g.shardId]));
  assert.deepEqual(guilds, Object.fromEntries(first.guilds.map((g) => [g.name, shardOf(g.id)])));
  assert.equal(seen.since(0, 'compressed').length, 2);
  assert.equal(new Set(sessions()).size, 2);
}

async function asksTheRightShard() {
  const both = new SlashCommandBuilder().setName('where').setDescription('Which shard').setContexts(0, 1);
  await client.application.commands.set([both]);
  const mark = seen.mark();
  assert.equal((await world.send('/where', { bot: me.name })).reply.content, `shard ${shardOf(demo.id)}`);
  const direct = await world.send('/where', { guild: '', bot: me.name });
  assert.equal(direct.reply.content, 'shard of direct messages');
  assert.deepEqual(seen.since(mark, 'asked').map((e) => e.direct), [false, true]);
}

async function streams() {
  await streamed.connects();
  assert.equal((await bot(second)).connected, 1);
  assert.deepEqual(streamed.guilds(), ['demo']);
  await world.voice('join', 'bruno', 'music');
  await streamed.hears(first.users.find((u) => u.name === 'bruno').id, demo.channels.find((c) => c.name === 'music').id);
  await streamed.resumes(() => world.fault('gateway.cut', { bot: second.name }));
  await world.voice('join', 'bruno', 'quiet');
  await streamed.hears(first.users.find((u) => u.name === 'bruno').id, demo.channels.find((c) => c.name === 'quiet').id);
  assert.deepEqual([(await bot(second)).sessions, streamed.broken()], [1, []]);
}

// resumes breaks something; ana's walk meanwhile must be told once and in order.
async function resumes(...faults) {
  const mark = seen.mark();
  const before = sessions();
  const walk = ['music', 'quiet', 'lounge', 'music', 'quiet', 'lounge'];
  for (const [name, args] of faults) await world.fault(name, { bot: me.name, ...args });
  for (const channel of walk) await world.voice('move', 'ana', channel);
  await world.voice('leave', 'ana');
  await both(mark, 'resumed');
  await until('the last step', () => moves(mark).includes('ana out'));
  await until('both are connected', async () => (await bot()).connected === 2);
  await until('nothing is armed', async () => (await world.broken()).length === 0);
  await world.voice('join', 'carla', 'quiet');
  await world.voice('leave', 'carla');
  await until('both live', () => moves(mark).includes('carla out'));
  assert.deepEqual(moves(mark), [...walk.map((c) => `ana ${c}`), 'ana out', 'carla quiet', 'carla out']);
  assert.equal(seen.since(mark, 'shardReady').length, 0);
  assert.deepEqual([sessions(), (await bot()).sessions], [before, 2]);
}

async function resumesTwice() {
  const mark = seen.mark();
  await resumes(['gateway.cut_after_resumed'], ['gateway.cut']);
  await until('one resumed twice', () => seen.since(mark, 'resumed').length >= 3);
}

// startsAnew ends the sessions: both shards identify again, one after the other.
async function startsAnew(name, args) {
  const mark = seen.mark();
  const before = sessions();
  await world.fault(name, { bot: me.name, ...args });
  await both(mark, 'shardReady');
  await until('both are connected', async () => (await bot()).connected === 2);
  assert.deepEqual(sessions().filter((s) => before.includes(s)), []);
  assert.equal(seen.since(mark, 'resumed').length, 0);
  assert.equal((await bot()).sessions, 2);
  assert.equal((await world.send('/where', { bot: me.name })).reply.content, `shard ${shardOf(demo.id)}`);
}

async function mayNotAsk() {
  await refused(world, []);
  const stranger = new Client({ intents: [GatewayIntentBits.GuildMembers], rest: { api } });
  const codes = [];
  stranger.on(Events.ShardDisconnect, (e) => codes.push(e.code));
  await assert.rejects(stranger.login(third.token), (e) => e.code === 'DisallowedIntents' || /disallowed intents/i.test(e.message));
  await stranger.destroy();
  await refused(world, ['gateway 4014']);
}

// A close that no client may come back from.
async function isShutOut() {
  const mark = seen.mark();
  await world.fault('gateway.close', { bot: me.name, code: '4014' });
  await until('both give up', () => seen.since(mark, 'disconnected').filter((e) => e.code === 4014).length === 2);
  await until('no session is left', async () => (await bot()).sessions === 0);
  assert.equal(seen.since(mark, 'reconnecting').length, 0);
  assert.deepEqual(seen.since(0, 'error'), []);
}

await run('shards', { 'discord.js': version, '@discordjs/ws': Streamed.version }, [
  ['two shards identify, compressed', identifies],
  ['interactions reach the right shard', asksTheRightShard],
  ['a zlib-stream, resumed after a cut', streams],
  ['op 7 resumes', () => resumes(['gateway.reconnect'])],
  ['a cut resumes', () => resumes(['gateway.cut'])],
  ['a cut in the middle of a replay resumes', () => resumes(['gateway.cut_before_resumed'], ['gateway.cut'])],
  ['a cut right after RESUMED resumes', resumesTwice],
  ['op 9 resumable resumes', () => resumes(['gateway.invalid_session', { resumable: 'true' }])],
  ['4000 resumes', () => resumes(['gateway.close', { code: '4000' }])],
  ['op 9 identifies anew', () => startsAnew('gateway.invalid_session', { resumable: 'false' })],
  ['4009 identifies anew', () => startsAnew('gateway.close', { code: '4009' })],
  ['intents that are not allowed: 4014', mayNotAsk],
  ['4014 is the end', isShutOut],
], async () => {
  await streamed.leaves();
  await client.destroy();
});
