// Builds static/build from static/src and the design system: the style sheet, the script and the icons it names.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const designSystem = join(root, "node_modules/nhsuk-frontend/dist/nhsuk");
const built = join(root, "static/build");

function compile() {
  try {
    const options = { loadPaths: [join(root, "node_modules")], style: "compressed", quietDeps: true };
    return sass.compile(join(root, "static/src/app.scss"), options).css;
  } catch (problem) {
    // The compiler's own trace says nothing about the style sheet.
    console.error(problem.message);
    process.exit(1);
  }
}

const css = compile();
mkdirSync(join(built, "icons"), { recursive: true });
writeFileSync(join(built, "app.css"), css);
// Without the line that names a map nobody serves.
const script = readFileSync(join(designSystem, "nhsuk-frontend.min.js"), "utf8");
writeFileSync(join(built, "nhsuk-frontend.min.js"), script.replace(/\/\/# sourceMappingURL=\S+/, ""));
// Only the icons the style sheet names: the same folder holds marks that are not ours to use.
for (const [, name] of css.matchAll(/icons\/([\w-]+\.svg)/g)) {
  copyFileSync(join(designSystem, "assets/images", name), join(built, "icons", name));
}
