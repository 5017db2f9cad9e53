--- One log, or a glob of logs, that is not reported while this Neovim runs.
local M = {}

---@param client vim.lsp.Client
---@param glob string
function M.add(client, glob)
  local settings = vim.tbl_deep_extend('keep', client.settings, { crashlight = { logs = {} } })
  -- A list that is said replaces the default whole, so it has to hold the default too.
  local exclude = settings.crashlight.logs.exclude or vim.deepcopy(require('crashlight.defaults').logs.exclude)
  settings.crashlight.logs.exclude = vim.list_extend(exclude, { glob })
  client.settings = settings
  client:notify('workspace/didChangeConfiguration', { settings = settings })
end

return M
