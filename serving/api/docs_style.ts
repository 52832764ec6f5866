/** The stylesheet of the pages that the API makes itself. A file of its own: the pages allow no styles within. */
export const DOCS_STYLE = `:root { color-scheme: light dark; --ground: #fff; --text: #1b2430; --faint: #56616f; --line: #d5dbe2; --code: #f3f5f8; --link: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --text: #e4e9ef; --faint: #9aa6b4; --line: #333c47; --code: #1d232b; --link: #7db8f5; } }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
a { color: var(--link); }
h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; font-size: 1.15rem; border-top: 1px solid var(--line); padding-top: 1.25rem; }
code, pre { font: 0.9em/1.5 ui-monospace, monospace; }
pre { background: var(--code); padding: 0.75rem 1rem; overflow-x: auto; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 0.95rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); }
th, .statuses { color: var(--faint); } .statuses { font-size: 0.9rem; }
summary { cursor: pointer; padding: 0.5rem 0; }
`;
