// The least that can answer the protocol's lines: each op gets its id back, anything else {"ok":true}.

let rest = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  process.stdout.write(lines.map((line) => {
    const { id } = JSON.parse(line);
    return id === undefined ? '{"ok":true}\n' : `{"id":"${id}"}\n`;
  }).join(''));
});
