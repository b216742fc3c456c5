package synth

// The voices are sums of sines; what fades at different speeds sounds struck.

func padVoice() []partial {
	return []partial{{1, 1, 0}, {1.003, 0.7, 0}, {0.997, 0.7, 0}, {2.001, 0.25, 0}, {3, 0.08, 0}}
}

func bellVoice() []partial {
	return []partial{{1, 1, 1.1}, {2, 0.45, 0.7}, {3.01, 0.25, 0.35}, {5.43, 0.14, 0.15}, {8.2, 0.05, 0.06}}
}

func stringVoice() []partial {
	return []partial{{1, 1, 0.7}, {2, 0.55, 0.45}, {3, 0.35, 0.3}, {4, 0.22, 0.2}, {5, 0.14, 0.14}, {6, 0.08, 0.1}}
}

func keysVoice() []partial {
	return []partial{{1, 1, 1.4}, {1.002, 0.4, 1.2}, {2, 0.22, 0.6}, {3, 0.1, 0.3}, {7, 0.06, 0.08}}
}

func bassVoice() []partial {
	return []partial{{1, 1, 1.2}, {2, 0.5, 0.6}, {3, 0.3, 0.35}, {4, 0.15, 0.2}, {5, 0.08, 0.12}}
}

func sequenceVoice() []partial {
	return []partial{{1, 1, 0.35}, {2, 0.5, 0.22}, {3, 0.33, 0.16}, {4, 0.25, 0.12}, {6, 0.12, 0.08}}
}

func chipVoice() []partial {
	return []partial{{1, 1, 0}, {3, 0.33, 0}, {5, 0.2, 0}, {7, 0.14, 0}, {9, 0.11, 0}}
}

func hornVoice() []partial {
	return []partial{{1, 1, 0}, {2, 0.8, 0}, {3, 0.6, 0}, {4, 0.35, 0}, {5, 0.2, 0}, {6, 0.1, 0}}
}

func sineVoice() []partial { return []partial{{1, 1, 0}} }
