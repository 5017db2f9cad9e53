--- The file types that Crashlight looks at: logs, and the languages that stack traces point into.
local M = {}

M.logs = { 'log', 'upstreamlog', 'usserverlog' }

M.sources = {
  'python',
  'javascript',
  'javascriptreact',
  'typescript',
  'typescriptreact',
  'java',
  'kotlin',
  'scala',
  'go',
  'rust',
  'c',
  'cpp',
  'cs',
  'ruby',
  'php',
  'elixir',
}

M.all = vim.list_extend(vim.list_extend({}, M.logs), M.sources)

---@param bufnr integer
---@return boolean
function M.is_log(bufnr)
  return vim.list_contains(M.logs, vim.bo[bufnr].filetype)
end

return M
