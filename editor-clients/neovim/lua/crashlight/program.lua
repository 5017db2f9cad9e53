--- Where the server's program lies.
local M = {}

--- `crashlight` of the search path; in a checkout without one, that of the checkout's own environment.
---@return string
function M.find()
  if vim.fn.executable('crashlight') == 1 then
    return 'crashlight'
  end
  local plugin = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h:h:h')
  local checkout = plugin:match('^(.*)/editor%-clients/neovim$')
  local own = checkout and checkout .. '/.venv/bin/crashlight' or ''
  return vim.fn.executable(own) == 1 and own or 'crashlight'
end

return M
