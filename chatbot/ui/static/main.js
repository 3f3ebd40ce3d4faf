// Wires the page. Listeners sit on the document, since Gradio draws its part anew with each reply.
import { startHelp } from "./help.js";
import { startExit } from "./exit.js";
import { startPanel } from "./panel.js";
import { startConversation } from "./conversation.js";

startExit();
startHelp();
startPanel();
startConversation();
