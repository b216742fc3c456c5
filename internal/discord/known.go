package discord

// Guilds returns how many guilds the connection knows.
func (c *Conn) Guilds() int {
	c.known.Lock()
	defer c.known.Unlock()
	return len(c.known.guilds)
}
