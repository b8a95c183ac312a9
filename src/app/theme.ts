import { createTheme, type MantineColorsTuple } from '@mantine/core';

const spruce: MantineColorsTuple = [
  '#e8f5f1',
  '#d3e9e3',
  '#a5d3c7',
  '#74bda9',
  '#5cc8b2',
  '#2f9d86',
  '#17806d',
  '#0b6b5c',
  '#08564a',
  '#044238',
];
const dark: MantineColorsTuple = [
  '#eeebe5',
  '#a8a297',
  '#8d867a',
  '#5c5851',
  '#3a3834',
  '#2f2d2a',
  '#1f1e1c',
  '#1b1b19',
  '#161615',
  '#131312',
];

/** Warm greys, so that Mantine's controls sit on this page's paper. */
const gray: MantineColorsTuple = [
  '#faf9f7',
  '#f2f0ec',
  '#e6e2db',
  '#d8d3ca',
  '#cfc9bf',
  '#a8a297',
  '#8d867a',
  '#67625a',
  '#45413b',
  '#1d1b18',
];

/** Mantine in this page's colours and measures; tokens that are not Mantine's stand in app.css. */
export const theme = createTheme({
  primaryColor: 'spruce',
  primaryShade: { light: 7, dark: 6 },
  colors: { spruce, dark, gray },
  black: '#1d1b18',
  defaultRadius: 'md',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  fontFamily:
    "'Inter Variable', Inter, 'Segoe UI', -apple-system, BlinkMacSystemFont, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Liberation Mono', Menlo, monospace",
  headings: { fontWeight: '620' },
});
