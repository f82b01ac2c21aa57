#!/usr/bin/env node
// Plain JavaScript that an old Node can read, so that it gets the message and not a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`assay-notebook needs Node 22.18 or newer, found ${process.versions.node}`);
  process.exitCode = 1;
} else {
  import('../dist/main.js').then(({ main }) => {
    process.exitCode = main(process.argv.slice(2));
  });
}
