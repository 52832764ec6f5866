/** The dashboard: a page of the server's own process that follows its tables. */
import { render } from 'preact';
import { App } from './app';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
