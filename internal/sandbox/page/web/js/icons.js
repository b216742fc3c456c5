// Icons, drawn by us on a grid of 24.
const paths = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h16M3 15h16",
  speaker: "M4 10v4h3l5 4V6L7 10H4ZM16 9a4 4 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11",
  stage: "M12 4a3 3 0 0 1 3 3v4a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3ZM6 11a6 6 0 0 0 12 0M12 17v3M8 20h8",
  quiet: "M4 10v4h3l5 4V6L7 10H4ZM16 10l5 5M21 10l-5 5",
  menu: "M4 6h16M4 12h16M4 18h16",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 20c0-3.5 2.5-6 6-6s6 2.5 6 6M16 4.5a3.3 3.3 0 0 1 0 6.3M17.5 14.3c2.2.7 3.5 2.8 3.5 5.7",
  fault: "M12 3 2.5 20h19L12 3ZM12 10v4.5M12 17.3v.2",
  leave: "M3 14c5-5 13-5 18 0l-2.5 3-4-1.5v-3c-1.5-.5-3.500-.5-5 0v3L5.500 17 3 14Z",
  send: "M4 12 20 4l-6 16-3-6-7-2Z",
  close: "M6 6l12 12M18 6 6 18",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500Z",
  auto: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 3v18M12 8h6.500M12 12h8.500M12 16h7",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12ZM12 9.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5Z",
  wave: "M5 10v4M9.500 6v12M14 9v6M18.500 4v16",
  reset: "M4 12a8 8 0 1 0 2.500-5.800M4 4v4.500h4.500",
  link: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  chat: "M4 5h16v11H10l-5 4v-4H4V5Z",
  plus: "M12 5v14M5 12h14",
};

export function icon(name, size = 20) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  for (const [k, v] of Object.entries({ viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", class: "icon" })) svg.setAttribute(k, v);
  const p = document.createElementNS(ns, "path");
  p.setAttribute("d", paths[name]);
  svg.append(p);
  return svg;
}
