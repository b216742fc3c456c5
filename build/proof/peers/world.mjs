// The control of the simulated world, and what both programs check with.
import assert from 'node:assert/strict';

/** World speaks to the control of a running `platformd sim`. */
export class World {
  constructor(address) {
    this.base = `http://${address}/sim/v1`;
  }

  async call(method, path, body, status = 200) {
    const answer = await fetch(this.base + path, {
      method,
      headers: { 'X-Sandbox': '1', 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    assert.equal(answer.status, status, `${method} ${path}: ${text}`);
    return JSON.parse(text);
  }

  /** refuses expects that a person's client does not let them do this. */
  refuses(path, body, status) { return this.call('POST', path, { guild: 'demo', user: 'ana', ...body }, status); }

  view() { return this.call('GET', '/world'); }
  send(line, more = {}) { return this.call('POST', '/send', { line, guild: 'demo', user: 'ana', ...more }); }
  click(what) { return this.call('POST', '/click', { guild: 'demo', user: 'ana', ...what }); }
  voice(action, user, channel) { return this.call('POST', '/voice', { action, user, channel, guild: 'demo' }); }
  messages() { return this.call('GET', '/messages?guild=demo&channel=general'); }
  commands() { return this.call('GET', '/commands?guild=demo'); }
  violations() { return this.call('GET', '/violations'); }
  modal(opened, fields, user = 'ana') { return this.call('POST', '/modal', { modal_id: opened.id, user, fields }); }
  refuseDMs(user, refuse) { return this.call('POST', '/dms', { user, refuse }); }

  /** look lists the messages that a user sees in a channel of the guild, or in the direct channel with a bot. */
  look(user, channel = 'general', guild = 'demo') {
    return this.call('GET', `/messages?${new URLSearchParams({ guild, channel, user })}`);
  }

  /** fault breaks something, and says how the fault stands now. */
  fault(name, args = {}) { return this.call('PUT', `/faults/${name}`, { args }); }
  mend(name, args = {}) { return this.call('DELETE', `/faults/${name}?${new URLSearchParams(args)}`); }

  /** broken lists what is broken now, by the names of the faults. */
  async broken() {
    const { faults } = await this.call('GET', '/faults');
    return faults.filter((f) => f.active).map((f) => f.name);
  }

  /** players as a node has them; identifier is that of the track. */
  async players(node) {
    const all = await this.call('GET', `/nodes/${node}/players`);
    return all.map((p) => ({ ...p, identifier: p.track?.identifier, position: p.position_ms }));
  }

  /** records of one bot's timeline on a node, oldest first. */
  async timeline(node, bot) {
    const lines = await this.call('GET', `/nodes/${node}/timeline`);
    return lines.filter((l) => l.user === bot).flatMap((l) => l.records);
  }
}

/** until waits for a condition and returns its first true value. */
export async function until(what, condition, ms = 30_000) {
  for (const end = Date.now() + ms; ; ) {
    const value = await condition();
    if (value) return value;
    assert.ok(Date.now() < end, `in vain for ${ms} ms: ${what}`);
    await new Promise((done) => { setTimeout(done, 20); });
  }
}

/** Seen keeps events in the order in which they came. */
export class Seen {
  all = [];

  note(name, data = {}) { this.all.push({ name, ...data }); }
  mark() { return this.all.length; }
  since(mark, name) { return this.all.slice(mark).filter((e) => e.name === name); }

  /** next waits for an event that came at or after the mark. */
  next(mark, name, fits = () => true, ms = 30_000) {
    return until(`${name} (seen: ${this.all.slice(mark).map((e) => [e.name, e.t ?? e.code].join(' ').trim()).join(', ')})`,
      () => this.since(mark, name).find(fits), ms);
  }
}

/**
 * run executes named checks one after the other and prints one line of JSON.
 * The first that fails ends the program with 1; none can be skipped.
 */
export async function run(peer, packages, checks, close) {
  const began = Date.now();
  const result = { peer, packages, ok: true, checks: [] };
  process.on('unhandledRejection', (e) => { fail(e, 'a promise that nobody awaits'); });
  const fail = (e, where) => {
    Object.assign(result, { ok: false, failed: where, error: String(e?.message ?? e), ms: Date.now() - began });
    process.stderr.write(`${where}: ${e?.stack ?? e}\n`);
    console.log(JSON.stringify(result));
    process.exit(1);
  };
  for (const [name, check] of checks) {
    try {
      await check();
    } catch (e) {
      fail(e, name);
    }
    result.checks.push(name);
    process.stderr.write(`${peer}: ${name}\n`);
  }
  await close();
  result.ms = Date.now() - began;
  console.log(JSON.stringify(result));
  process.exit(0);
}

/**
 * refused compares what the world refused with what was provoked. Each side is
 * a list of "surface code"; the order counts, and so does the number.
 */
export async function refused(world, expected) {
  const found = await world.violations();
  assert.ok(Array.isArray(found), 'violations are a list');
  assert.deepEqual(found.map((v) => `${v.surface} ${v.code}`), expected, JSON.stringify(found));
}
