-- Neovim reads this file for `vim.lsp.enable('crashlight')`. Change any of it with
-- `vim.lsp.config('crashlight', { … })`; see |crashlight-config|.

---@type vim.lsp.Config
return {
  cmd = { require('crashlight.program').find(), 'serve' },
  filetypes = require('crashlight.filetypes').all,
  root_markers = {
    -- A log often lies far from the source it points into, so the whole repository is one root.
    'crashlight.toml',
    '.git',
    {
      'pyproject.toml',
      'package.json',
      'go.mod',
      'Cargo.toml',
      'pom.xml',
      'build.gradle',
      'build.gradle.kts',
      'composer.json',
      'Gemfile',
      'mix.exs',
    },
  },
  init_options = {
    editor = 'neovim',
    -- A lone carriage return is an ordinary character in a Neovim buffer.
    lineEnds = 'crlf',
  },
  settings = { crashlight = vim.empty_dict() },
  handlers = {
    ['crashlight/status'] = function(_, status, context)
      require('crashlight.status').update(context.client_id, status)
    end,
  },
  commands = {
    ['crashlight.open'] = function(command)
      require('crashlight').open(command.arguments[1])
    end,
  },
}
