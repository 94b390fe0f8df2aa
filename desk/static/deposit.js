// A form by which a file is given back.
import { uploads } from "./parts/upload.js";

const form = document.getElementById("depot");
if (form) uploads(form);
