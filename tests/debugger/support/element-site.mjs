// The example with <countermark-login> on a free port: node element-site.mjs ID-SERVER events|poll
import { site } from "../../../node/examples/login-element/site.mjs";

const [server, follow] = process.argv.slice(2);
const listening = site({ server, follow }).listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${listening.address().port}`));
