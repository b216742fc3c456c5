package lavalink

import "slices"

// firstSongs come first in the library, and so in every search that they fit.
func firstSongs() []Track {
	return []Track{
		song("blink", "Blink", "The Tin Orchard", 3, GenreChiptune),
		song("teaspoon", "Teaspoon", "Marla Quill", 4, GenreChimes),
		song("doorbell", "Doorbell Étude", "Onze Fenêtres", 5, GenreChimes),
		song("pocket-comet", "Pocket Comet", "Half Past Saturn", 6, GenreElectronic),
		song("stairwell", "Stairwell", "The Tin Orchard", 8, GenreDrums),
		song("ocean-floor", "Ocean Floor", "Salt Cathedral Choir", 184, GenreAmbient),
		song("ocean-night", "Ocean at Night", "Marla Quill", 211, GenreAmbient),
		song("oceanographer", "The Oceanographer", "Brass Lanterns", 142, GenreDub),
		song("rio-arriba", "Río Arriba", "Trío Almendra", 167, GenreAcoustic),
		song("rio-seco", "Canción del Río Seco", "Pilar Vendaval", 198, GenreAcoustic),
		song("night-train", "Night Train to Nowhere", "Quiet Engines Club", 225, GenreElectronic),
		song("night-market", "Night Market", "Half Past Saturn", 156, GenreLofi),
		song("paper-lanterns", "Paper Lanterns", "Brass Lanterns", 173, GenreLofi),
		song("glass-garden", "Glass Garden", "Onze Fenêtres", 131, GenreChimes),
		song("amber-static", "Amber Static", "Radio Halcyon Band", 149, GenreElectronic),
		song("low-tide-letters", "Low Tide Letters", "Salt Cathedral Choir", 203, GenreAmbient),
		song("quiet-engines", "Quiet Engines", "Quiet Engines Club", 118, GenreElectronic),
		song("salt-road", "Salt Road", "Trío Almendra", 95, GenreAcoustic),
		song("moth-season", "Moth Season", "Pilar Vendaval", 177, GenreAcoustic),
		song("northern-kettle", "Northern Kettle", "The Tin Orchard", 64, GenreChiptune),
		song("last-ferry", "Last Ferry", "Marla Quill", 240, GenreAmbient),
		song("copper-rain", "Copper Rain", "Brass Lanterns", 121, GenreDub),
		song("velvet-compass", "Velvet Compass", "Half Past Saturn", 189, GenreLofi),
		song("umbrella-math", "Umbrella Mathematics", "Onze Fenêtres", 72, GenreDrums),
		song("sandcastle", "Sandcastle Protocol", "Radio Halcyon Band", 60, GenreElectronic),
	}
}

func moreSongs() []Track {
	return slices.Concat(calmSongs(), livelySongs(), songsWithStrings())
}

func calmSongs() []Track {
	return []Track{
		song("ocean-glass", "Ocean Glass", "Salt Cathedral Choir", 262, GenreAmbient),
		song("ocean-of-small-lights", "Ocean of Small Lights", "Marla Quill", 318, GenreAmbient),
		song("slow-ocean", "Slow Ocean", "Onze Fenêtres", 360, GenreAmbient),
		song("blue-ocean-hours", "Blue Ocean Hours", "Salt Cathedral Choir", 274, GenreAmbient),
		song("moon-over-the-ocean", "Moon over the Ocean", "Marla Quill", 233, GenreAmbient),
		song("ocean-letters", "Ocean Letters", "Half Past Saturn", 145, GenreAmbient),
		song("first-light", "First Light", "Salt Cathedral Choir", 199, GenreAmbient),
		song("fog-signal", "Fog Signal", "Quiet Engines Club", 187, GenreAmbient),
		song("after-the-rain", "After the Rain", "Onze Fenêtres", 228, GenreAmbient),
		song("northern-lights-motel", "Northern Lights Motel", "Half Past Saturn", 251, GenreAmbient),
		song("half-moon-bells", "Half Moon Bay Bells", "Onze Fenêtres", 114, GenreChimes),
		song("ocean-bells", "Bells under the Ocean", "Onze Fenêtres", 127, GenreChimes),
		song("candlelight-loop", "Candlelight Loop", "Marla Quill", 98, GenreChimes),
		song("small-rain", "Small Rain", "Onze Fenêtres", 76, GenreChimes),
		song("moonrise-in-d", "Moonrise in D", "Salt Cathedral Choir", 140, GenreChimes),
		song("music-box-winter", "A Music Box in Winter", "Marla Quill", 83, GenreChimes),
		song("snow-on-the-tracks", "Snow on the Tracks", "Onze Fenêtres", 109, GenreChimes),
		song("bluebird-clockwork", "Bluebird Clockwork", "The Tin Orchard", 91, GenreChimes),
		song("night-garden", "Night Garden", "Onze Fenêtres", 135, GenreChimes),
		song("seven-small-bells", "Seven Small Bells", "Marla Quill", 20, GenreChimes),
		song("rain-on-the-tin-roof", "Rain on the Tin Roof", "Velvet Kettle", 154, GenreLofi),
		song("night-shift-lullaby", "Night Shift Lullaby", "Velvet Kettle", 162, GenreLofi),
		song("blue-window", "Blue Window", "Velvet Kettle", 138, GenreLofi),
		song("crescent-moon-cafe", "Crescent Moon Café", "Half Past Saturn", 171, GenreLofi),
		song("homework-for-cats", "Homework for Cats", "Velvet Kettle", 126, GenreLofi),
		song("streetlight-serenade", "Streetlight Serenade", "Velvet Kettle", 147, GenreLofi),
		song("rain-check", "Rain Check", "Half Past Saturn", 119, GenreLofi),
		song("last-page", "The Last Page", "Velvet Kettle", 104, GenreLofi),
		song("coffee-at-four", "Coffee at Four", "Velvet Kettle", 112, GenreLofi),
	}
}

func livelySongs() []Track {
	return []Track{
		song("blue-night-drive", "Blue Night Drive", "Neon Pantry", 246, GenreElectronic),
		song("neon-rain", "Neon Rain", "Neon Pantry", 208, GenreElectronic),
		song("moon-elevator", "Moon Elevator", "Neon Pantry", 193, GenreElectronic),
		song("starlight-cassette", "Starlight Cassette", "Neon Pantry", 217, GenreElectronic),
		song("light-rail", "Light Rail", "Quiet Engines Club", 182, GenreElectronic),
		song("moon-dust-disco", "Moon Dust Disco", "Half Past Saturn", 204, GenreElectronic),
		song("night-radio", "Night Radio", "Radio Halcyon Band", 176, GenreElectronic),
		song("ocean-drive-in", "Ocean Drive-In", "Neon Pantry", 231, GenreElectronic),
		song("rain-machine", "Rain Machine", "The Copper Hands", 152, GenreDrums),
		song("night-bus-home", "Night Bus Home", "The Copper Hands", 133, GenreDrums),
		song("kettle-parade", "Kettle Parade", "The Copper Hands", 87, GenreDrums),
		song("nine-ladders", "Nine Ladders", "The Copper Hands", 101, GenreDrums),
		song("traffic-light-tango", "Traffic Light Tango", "The Copper Hands", 124, GenreDrums),
		song("full-moon-bakery", "Full Moon Bakery", "The Copper Hands", 95, GenreDrums),
		song("blue-marble", "Blue Marble", "The Copper Hands", 117, GenreDrums),
		song("radio-drumline", "Radio Drumline", "Radio Halcyon Band", 58, GenreDrums),
		song("deep-blue-bass", "Deep Blue Bass", "Harbour Weight", 214, GenreDub),
		song("blue-lantern-dub", "Blue Lantern Dub", "Harbour Weight", 266, GenreDub),
		song("moon-harbour", "Moon Harbour", "Harbour Weight", 238, GenreDub),
		song("ocean-weight", "Weight of the Ocean", "Harbour Weight", 254, GenreDub),
		song("night-swim", "Night Swim", "Harbour Weight", 197, GenreDub),
		song("lighthouse-keeper", "Lighthouse Keeper", "Harbour Weight", 221, GenreDub),
		song("rain-in-the-cellar", "Rain in the Cellar", "Harbour Weight", 188, GenreDub),
		song("radio-fog", "Radio Fog", "Radio Halcyon Band", 169, GenreDub),
		song("paper-moon-arcade", "Paper Moon Arcade", "Pixel Orchard", 88, GenreChiptune),
		song("blue-hour-arcade", "Blue Hour Arcade", "Pixel Orchard", 93, GenreChiptune),
		song("night-level", "Night Level", "Pixel Orchard", 71, GenreChiptune),
		song("rain-level", "Rain Level", "Pixel Orchard", 66, GenreChiptune),
		song("coin-for-the-ferry", "A Coin for the Ferry", "Pixel Orchard", 54, GenreChiptune),
		song("boss-of-the-garden", "Boss of the Garden", "Pixel Orchard", 79, GenreChiptune),
		song("light-speed-picnic", "Light-Speed Picnic", "Pixel Orchard", 62, GenreChiptune),
		song("ocean-world", "Ocean World 2-1", "Pixel Orchard", 84, GenreChiptune),
		song("radio-high-score", "Radio High Score", "Radio Halcyon Band", 47, GenreChiptune),
		song("three-lives-left", "Three Lives Left", "Pixel Orchard", 35, GenreChiptune),
	}
}

func songsWithStrings() []Track {
	return []Track{
		song("rio-abajo", "Río Abajo", "Trío Almendra", 181, GenreAcoustic),
		song("rio-de-luces", "Río de Luces", "Trío Almendra", 163, GenreAcoustic),
		song("luna-de-papel", "Luna de Papel", "Trío Almendra", 144, GenreAcoustic),
		song("noche-de-verano", "Noche de Verano", "Trío Almendra", 192, GenreAcoustic),
		song("cafe-con-lluvia", "Café con Lluvia", "Trío Almendra", 137, GenreAcoustic),
		song("manana-azul", "Mañana Azul", "Trío Almendra", 128, GenreAcoustic),
		song("camino-del-faro", "Camino del Faro", "Pilar Vendaval", 206, GenreAcoustic),
		song("siete-ventanas", "Siete Ventanas", "Trío Almendra", 151, GenreAcoustic),
		song("summer-rain-waltz", "Summer Rain Waltz", "Marla Quill", 159, GenreAcoustic),
		song("light-through-leaves", "Light Through Leaves", "Marla Quill", 172, GenreAcoustic),
		song("blue-bicycle", "Blue Bicycle", "Marla Quill", 113, GenreAcoustic),
		song("moonlit-bicycle", "Moonlit Bicycle", "Marla Quill", 122, GenreAcoustic),
		song("blue-kettle", "Blue Kettle", "The Tin Orchard", 106, GenreAcoustic),
		song("moon-and-mirror", "Moon and Mirror", "Pilar Vendaval", 148, GenreAcoustic),
		song("halcyon-morning", "Halcyon Morning", "Radio Halcyon Band", 26, GenreRadio),
		song("halcyon-weather", "Weather and Waves", "Radio Halcyon Band", 22, GenreRadio),
		song("halcyon-traffic", "Nothing on the Roads", "Radio Halcyon Band", 24, GenreRadio),
		song("radio-ident", "This Is Radio Halcyon", "Radio Halcyon Band", 20, GenreRadio),
	}
}
