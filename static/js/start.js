// Wakes the design system's own parts: error summary focus, character counts, password boxes.
import { initAll } from "../build/nhsuk-frontend.min.js";

initAll();
