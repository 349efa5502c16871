import { render } from 'preact';
import { Console } from './app';

const place = document.querySelector('#console');
if (place) render(<Console />, place);
