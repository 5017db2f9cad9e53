-- `setfiletype` leaves alone what another plugin or Neovim itself has already recognised.
vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
  group = 'filetypedetect',
  pattern = {
    '*.log',
    '*.log.[0-9]*',
    '*.out',
    '*.err',
    '*.crash',
    '*.ips',
    '*.trace',
    'hs_err_pid*',
    'npm-debug*',
    'core.*.txt',
  },
  command = 'setfiletype log',
})
