// The app that commands are measured with, on Emmett's command handler. Takes the database's address as its argument.
import { serveOrders } from '../support/order-app.ts';
import { openEmmettCommands } from './emmett.mjs';

const CONNECTIONS = 20;

const [, , url] = process.argv;
serveOrders(await openEmmettCommands(url, CONNECTIONS));
