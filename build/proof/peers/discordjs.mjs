// A bot made of an unmodified discord.js completes a session with the simulated
// Discord: REST, gateway, interactions, voice, and the ways a connection ends.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { ApplicationCommandOptionType, Client, DiscordAPIError, GatewayIntentBits, Routes, version } from 'discord.js';
import { Bot } from './bot.mjs';
import { World, refused, run, until } from './world.mjs';

const require = createRequire(import.meta.url);
const ws = require('@discordjs/ws');

const world = new World(process.argv[2]);
const first = await world.view();
const me = first.bots[0];
const demo = first.guilds.find((g) => g.name === 'demo');
const channel = (name) => demo.channels.find((c) => c.name === name).id;
const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates, GatewayIntentBits.GuildMessages];
const api = first.rest_url.replace(/\/v10$/, '');
const client = new Client({ intents, rest: { api } });
const bot = new Bot(client);
const { seen } = bot;
let guild;

const sessionNow = async () => (await world.view()).bots[0];
const op4 = (to, more = {}) => guild.shard.send({
  op: 4, d: { guild_id: guild.id, channel_id: to, self_mute: false, self_deaf: true, ...more },
});
const raw = (mark, t, fits) => seen.next(mark, 'raw', (e) => e.t === t && (!fits || fits(e.d)));
const mine = (to) => (d) => d.user_id === me.application_id && d.channel_id === to;

async function login() {
  await client.login(me.token);
  await seen.next(0, 'ready');
  assert.equal(client.user.id, me.application_id);
  assert.equal(client.user.username, me.name);
  assert.deepEqual(client.guilds.cache.map((g) => g.name).sort(), ['demo', 'empty']);
  guild = client.guilds.cache.get(demo.id);
  assert.deepEqual(guild.channels.cache.map((c) => c.name), demo.channels.map((c) => c.name));
  assert.equal(guild.memberCount, demo.members.length);
  assert.ok(guild.members.me.permissionsIn(channel('music')).has(['Connect', 'Speak']));
  assert.equal((await client.rest.get(Routes.gatewayBot())).url, first.gateway_url);
  assert.equal((await sessionNow()).connected, 1);
}

async function registersCommands() {
  const made = await client.application.commands.set(Bot.commands);
  assert.deepEqual(made.map((c) => c.name).sort(), ['ask', 'panel', 'slow', 'typo']);
  await made.find((c) => c.name === 'ask').edit({ description: 'Ask, and get an answer at once' });
  await made.find((c) => c.name === 'typo').delete();
  const fetched = await client.application.commands.fetch();
  assert.deepEqual(fetched.map((c) => c.name).sort(), ['ask', 'panel', 'slow']);
  const slow = fetched.find((c) => c.name === 'slow');
  assert.equal(slow.options[0].type, ApplicationCommandOptionType.String);
  assert.deepEqual([slow.options[0].required, slow.options[0].autocomplete, slow.options[1].maxValue], [true, true, 100]);
  await guild.commands.create({ name: 'here', description: 'Only in this guild' });
  const shown = await world.commands();
  assert.deepEqual(shown.map((c) => c.name).sort(), ['ask', 'here', 'panel', 'slow']);
  assert.equal(shown.find((c) => c.name === 'ask').description, 'Ask, and get an answer at once');
  await guild.commands.set([]);
  assert.equal((await world.commands()).length, 3);
}

async function answersAtOnce() {
  const got = await world.send('/ask');
  assert.deepEqual([got.state, got.deferred, got.reply.content], ['answered', false, 'in general, says ana']);
  const [shown] = await world.messages();
  assert.equal(shown.ephemeral, true);
}

async function defersAndFollowsUp() {
  const mark = seen.mark();
  const got = await world.send('/slow query:"ocean floor" volume:40');
  assert.deepEqual([got.state, got.deferred], ['answered', true]);
  assert.equal(got.reply.content, 'playing ocean floor at 40');
  assert.equal(got.reply.embeds[0].title, 'Ocean');
  assert.deepEqual(got.reply.embeds[0].fields, [{ name: 'Length', value: '3:04', inline: true }]);
  await seen.next(mark, 'slow done');
  const texts = (await world.messages()).map((m) => [m.message.content, m.ephemeral]);
  assert.deepEqual(texts.slice(-2), [['playing ocean floor at 40', false], ['only for ana, edited', true]]);
  const { fetched, followed } = seen.since(mark, 'slow done')[0];
  assert.deepEqual([fetched, followed], ['playing ocean floor at 40', 'only for ana']);
}

async function completesOptions() {
  const got = await world.send('/slow query:oce', { focused: 'query' });
  assert.deepEqual(got.choices.map((c) => [c.name, c.value]), [['Choice oce 1', 'oce-1'], ['Choice oce 2', 'oce-2']]);
}

async function answersComponents() {
  const panel = await world.send('/panel');
  const row = panel.reply.components[0].components;
  assert.deepEqual(row.map((b) => [b.label, b.custom_id, Boolean(b.disabled)]),
    [['Skip', 'skip', false], ['Later', 'later', false], ['Never', 'never', true]]);
  const updated = await world.click({ label: 'Skip' });
  assert.deepEqual([updated.state, updated.reply.content, updated.reply.id], ['answered', 'skipped by ana', panel.reply.id]);
  const later = await world.click({ custom_id: 'later' });
  assert.deepEqual([later.state, later.reply.id], ['answered', panel.reply.id]); // a deferred update shows nothing yet
  await until('the deferred update', async () => (await world.messages())
    .some(({ message }) => message.id === panel.reply.id && message.content === 'later by ana'));
  const chosen = await world.click({ custom_id: 'speed', values: ['fast'] });
  assert.deepEqual([chosen.reply.content, chosen.reply.id], ['chose fast', panel.reply.id]);
}

async function sendsMessages() {
  const mark = seen.mark();
  const general = guild.channels.cache.get(channel('general'));
  const sent = await general.send({ content: 'hello @everyone', allowedMentions: { parse: [] } });
  assert.equal((await seen.next(mark, 'message', (e) => e.id === sent.id)).content, 'hello @everyone');
  assert.equal(sent.mentions.everyone, false);
  await sent.edit('hello again');
  await seen.next(mark, 'messageUpdate', (e) => e.id === sent.id && e.content === 'hello again');
  assert.equal((await general.messages.fetch({ message: sent.id, force: true })).content, 'hello again');
  assert.ok((await general.messages.fetch({ limit: 50 })).has(sent.id));
  await sent.delete();
  await seen.next(mark, 'messageDelete', (e) => e.id === sent.id);
}

async function followsVoice() {
  let mark = seen.mark();
  await world.voice('join', 'ana', 'music');
  await seen.next(mark, 'voice', (e) => e.user === 'ana' && e.to === 'music');
  mark = seen.mark();
  op4(channel('music'));
  const state = await raw(mark, 'VOICE_STATE_UPDATE', mine(channel('music')));
  const server = await raw(mark, 'VOICE_SERVER_UPDATE');
  assert.equal(state.d.self_deaf, true);
  assert.equal(state.d.guild_id, guild.id);
  assert.match(state.d.session_id, /^\w{16,}$/);
  assert.ok(server.d.token.length > 8 && server.d.endpoint.includes(':') && server.d.guild_id === guild.id);
  assert.equal(guild.members.me.voice.channel.name, 'music');
  assert.deepEqual(guild.channels.cache.get(channel('music')).members.map((m) => m.user.username).sort(), ['ana', me.name]);
  assert.equal((await world.view()).bots[0].voice.demo, 'music');
  mark = seen.mark();
  op4(channel('quiet'));
  await seen.next(mark, 'voice', (e) => e.user === me.name && e.from === 'music' && e.to === 'quiet');
  const next = await raw(mark, 'VOICE_SERVER_UPDATE');
  assert.notEqual(next.d.token, server.d.token);
  mark = seen.mark();
  op4(channel('quiet'), { self_mute: true });
  await raw(mark, 'VOICE_STATE_UPDATE', (d) => mine(channel('quiet'))(d) && d.self_mute);
  await world.fault('voice.move', { guild: 'demo', channel: 'music', bot: me.name });
  await seen.next(mark, 'voice', (e) => e.user === me.name && e.to === 'music');
  mark = seen.mark();
  await world.fault('voice.endpoint_null', { guild: 'demo', bot: me.name });
  await raw(mark, 'VOICE_SERVER_UPDATE', (d) => d.endpoint === null);
  await world.mend('voice.endpoint_null', { guild: 'demo', bot: me.name });
  await raw(mark, 'VOICE_SERVER_UPDATE', (d) => d.endpoint !== null);
  await world.fault('voice.kick', { guild: 'demo', bot: me.name });
  await seen.next(mark, 'voice', (e) => e.user === me.name && e.to === null);
  mark = seen.mark();
  op4(channel('music'));
  await seen.next(mark, 'voice', (e) => e.user === me.name && e.to === 'music');
}

// resumes ends the connection in one way and expects the same session back,
// with what happened meanwhile told once, and the bot still in voice.
async function resumes(fault, args = {}) {
  const mark = seen.mark();
  const before = await sessionNow();
  assert.deepEqual([before.sessions, before.connected], [1, 1]);
  await world.fault(fault, { bot: me.name, ...args });
  await world.voice('move', 'ana', 'quiet');
  await seen.next(mark, 'resumed');
  await seen.next(mark, 'voice', (e) => e.user === 'ana' && e.to === 'quiet');
  await world.voice('move', 'ana', 'music');
  await seen.next(mark, 'voice', (e) => e.user === 'ana' && e.to === 'music');
  const moves = seen.since(mark, 'voice').map((e) => `${e.user} ${e.to}`);
  assert.deepEqual(moves, ['ana quiet', 'ana music']);
  assert.equal(seen.since(mark, 'shardReady').length, 0);
  const after = await sessionNow();
  assert.deepEqual([after.sessions, after.connected, after.voice.demo], [1, 1, 'music']);
}

async function startsAnew() {
  const mark = seen.mark();
  await world.fault('gateway.invalid_session', { resumable: 'false' });
  await seen.next(mark, 'shardReady');
  assert.equal(seen.since(mark, 'resumed').length, 0);
  const after = await sessionNow();
  assert.deepEqual([after.sessions, after.connected, after.voice.demo], [1, 1, undefined]);
  assert.equal((await world.send('/ask')).reply.content, 'in general, says ana');
}

async function hearsRefusals() {
  await refused(world, []);
  const general = guild.channels.cache.get(channel('general'));
  await assert.rejects(general.send('x'.repeat(2001)), (e) => e instanceof DiscordAPIError && e.status === 400 && e.code === 50035);
  await assert.rejects(general.messages.fetch('1'), (e) => e instanceof DiscordAPIError && e.status === 404 && e.code === 10008);
  const { id, token } = bot.last;
  const again = client.rest.post(Routes.interactionCallback(id, token), { body: { type: 4, data: { content: 'twice' } }, auth: false });
  await assert.rejects(again, (e) => e instanceof DiscordAPIError && e.status === 400 && e.code === 40060);
  await refused(world, ['rest 50035', 'rest 10008', 'rest 40060']);
}

// The library asks REST first, so a wrong token does not get as far as the
// gateway. Its gateway package alone does, with REST on the right token.
async function refusesWrongTokens() {
  const wrong = `${me.token.slice(0, -4)}0000`;
  const stranger = new Client({ intents, rest: { api } });
  await assert.rejects(stranger.login(wrong), { code: 'TokenInvalid' });
  await stranger.destroy();
  const gateway = new ws.WebSocketManager({ token: wrong, intents: 1, rest: client.rest });
  const errors = [];
  gateway.on(ws.WebSocketShardEvents.Error, (e) => errors.push(String((e.error ?? e).message)));
  let code = 0;
  gateway.on(ws.WebSocketShardEvents.Closed, (e) => { code = e.code; });
  await gateway.connect().catch((e) => errors.push(e.message));
  await until('the gateway closes', () => code !== 0);
  assert.equal(code, 4004);
  assert.ok(errors.some((m) => /authentication failed/i.test(m)), errors.join());
  await refused(world, ['rest 50035', 'rest 10008', 'rest 40060', 'rest 0', 'gateway 4004']);
}

async function leaves() {
  const mark = seen.mark();
  await client.destroy();
  await until('the session ends', async () => (await sessionNow()).sessions === 0);
  assert.equal(seen.since(mark, 'error').length, 0);
  assert.deepEqual(seen.since(0, 'error'), []);
}

await run('discordjs', { 'discord.js': version }, [
  ['login, guilds, permissions', login],
  ['commands: bulk, edit, delete, guild', registersCommands],
  ['a direct ephemeral answer', answersAtOnce],
  ['defer, edit, follow up, delete', defersAndFollowsUp],
  ['autocomplete', completesOptions],
  ['buttons: update, deferred update; menu', answersComponents],
  ['messages: send, edit, fetch, delete', sendsMessages],
  ['voice: join, move, mute, moved, reallocated, kicked', followsVoice],
  ['a cut resumes', () => resumes('gateway.cut')],
  ['op 7 resumes', () => resumes('gateway.reconnect')],
  ['op 9 resumable resumes', () => resumes('gateway.invalid_session', { resumable: 'true' })],
  ['op 9 identifies anew', startsAnew],
  ['refusals carry the real codes', hearsRefusals],
  ['a wrong token: 401, 4004', refusesWrongTokens],
  ['leaves with 1000', leaves],
], async () => {});
