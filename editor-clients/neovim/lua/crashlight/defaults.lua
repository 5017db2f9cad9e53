-- Made by `python -m crashlight.settings.generate` from the server's settings; do not edit.
return {
  logs = {
    globs = { "**/*.{log,out,err,crash,ips,trace}", "**/hs_err_pid*", "**/npm-debug*", "**/core.*.txt" },
    exclude = { "**/node_modules/**", "**/.git/**", "**/.venv/**", "**/venv/**", "**/site-packages/**" },
    ignore = {},
    watch = true,
  },
  sources = {
    pathMaps = vim.empty_dict(),
    inApp = {},
    notInApp = {},
  },
  model = {
    enabled = true,
    name = "qwen2.5-coder-1.5b",
    path = vim.NIL,
    endpoint = vim.NIL,
    threads = 0,
    idleMinutes = 10,
  },
  database = {
    url = vim.NIL,
    binaries = vim.NIL,
    poolSize = 4,
  },
  plugins = {
    minimumLevel = "seccomp",
    wallMs = 5000,
    memoryMb = 512,
  },
  feedback = {
    enabled = true,
    experiments = true,
  },
}
