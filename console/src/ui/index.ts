import './ui.css';

export * from './bits';
export * from './button';
export * from './dialog';
export * from './field';
export * from './menu';
export * from './seal';
export * from './sparkline';
export * from './states';
export * from './table-frame';
export * from './tabs';
export * from './toast';
