// Prints the tokens of the baked pictures named, one a line, found as Open Badges 3.0 (section 5.3) says.
import { readFileSync } from "node:fs";
import extract from "png-chunks-extract";
import { decodeSync } from "png-chunk-itxt";
import { DOMParser } from "@xmldom/xmldom";

function ofPNG(data) {
  const texts = extract(data).filter((chunk) => chunk.name === "iTXt").map((chunk) => decodeSync(Buffer.from(chunk.data)));
  const badges = texts.filter((text) => text.keyword === "openbadgecredential");
  if (badges.length !== 1 || badges[0].compressionFlag) throw new Error(`${badges.length} badges`);
  return badges[0].text;
}

function ofSVG(data) {
  const svg = new DOMParser().parseFromString(data.toString(), "image/svg+xml").documentElement;
  const first = svg.firstChild;
  if (first.namespaceURI !== "https://purl.imsglobal.org/ob/v3p0" || first.localName !== "credential") throw new Error(`first comes ${first.nodeName}`);
  return first.getAttribute("verify");
}

for (const file of process.argv.slice(2)) {
  const data = readFileSync(file);
  console.log(file.endsWith(".png") ? ofPNG(data) : ofSVG(data));
}
