// A bot made of an unmodified discord.js. It registers a command, answers it
// after deferring, follows up, joins voice, and says on standard output what
// it has seen, one JSON object a line.
const { Client, GatewayIntentBits, ActionRowBuilder, ButtonBuilder, ButtonStyle, EmbedBuilder, SlashCommandBuilder } = require('discord.js');

const say = (what, more = {}) => console.log(JSON.stringify({ what, ...more }));
const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates, GatewayIntentBits.GuildMessages],
  rest: { api: process.env.SIM_REST.replace(/\/v10$/, '') },
});

client.once('clientReady', async () => {
  const command = new SlashCommandBuilder().setName('play').setDescription('Play something')
    .addStringOption((o) => o.setName('query').setDescription('What').setRequired(true));
  await client.application.commands.set([command]);
  const guild = client.guilds.cache.find((g) => g.name === 'demo');
  say('ready', { user: client.user.username, guilds: client.guilds.cache.size, channels: guild.channels.cache.map((c) => c.name) });
});

client.on('interactionCreate', async (i) => {
  if (i.isButton()) {
    await i.update({ content: 'skipped' });
    return;
  }
  await i.deferReply();
  const row = new ActionRowBuilder().addComponents(new ButtonBuilder().setCustomId('skip').setLabel('Skip').setStyle(ButtonStyle.Primary));
  await i.editReply({ content: `playing ${i.options.getString('query')}`, embeds: [new EmbedBuilder().setTitle('Ocean')], components: [row] });
  await i.followUp({ content: `you are in ${i.member.voice.channel?.name}`, ephemeral: true });
  const sent = await i.channel.send('a message');
  await sent.edit('an edited message');
  i.guild.shard.send({ op: 4, d: { guild_id: i.guildId, channel_id: i.member.voice.channelId, self_mute: false, self_deaf: true } });
});

client.on('voiceStateUpdate', (before, after) => say('voice', { user: after.member.user.username, channel: after.channel?.name ?? null }));
client.on('shardResume', () => say('resumed'));
client.on('error', (e) => say('error', { message: e.message }));
process.on('unhandledRejection', (e) => { say('rejected', { message: String(e) }); process.exit(1); });
client.login(process.env.SIM_TOKEN);
