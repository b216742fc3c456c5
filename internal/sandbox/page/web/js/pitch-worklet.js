// Shifts the pitch and keeps the time: two heads read a short delay line at
// another speed than it is written, each fades out before it meets the writer.
const span = 4096;

class Pitch extends AudioWorkletProcessor {
  static get parameterDescriptors() {
    return [{ name: "ratio", defaultValue: 1, minValue: 0.1, maxValue: 8, automationRate: "k-rate" }];
  }

  constructor() {
    super();
    this.lines = [new Float32Array(span * 2), new Float32Array(span * 2)];
    this.at = 0;
    this.phase = 0;
  }

  process([input], [output], { ratio }) {
    const step = (1 - ratio[0]) / span;
    const frames = output[0].length;
    const size = span * 2;
    for (let i = 0; i < frames; i++) {
      this.phase = (this.phase + step + 1) % 1;
      const other = (this.phase + 0.5) % 1;
      const fade = Math.sin(Math.PI * this.phase) ** 2;
      for (let c = 0; c < output.length; c++) {
        const line = this.lines[c % 2];
        line[this.at] = input[c % Math.max(1, input.length)]?.[i] ?? 0;
        output[c][i] = fade * this.read(line, this.phase, size) + (1 - fade) * this.read(line, other, size);
      }
      this.at = (this.at + 1) % size;
    }
    return true;
  }

  // read interpolates between two samples, phase of a span behind the writer.
  read(line, phase, size) {
    const place = (this.at - phase * span + size) % size;
    const low = Math.floor(place), part = place - low;
    return line[low] * (1 - part) + line[(low + 1) % size] * part;
  }
}

registerProcessor("pitch", Pitch);
