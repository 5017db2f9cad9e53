-- Crashes in the way that its first argument names; the line that is to blame carries a mark.
module Main (main) where

import Control.Exception (throwIO)
import Control.Monad (when)
import qualified Data.Map as Map
import Data.Maybe (fromJust)
import GHC.Stack (HasCallStack)
import System.Environment (getArgs, getEnv)
import System.Exit ()

first :: [Int] -> Int
first prices = head prices -- crash: head

stock :: Map.Map String Int -> Int
stock m = m Map.! "pear" -- crash: missing-key

kind :: Int -> String
kind fruit = case fruit of -- crash: patterns
  0 -> "apple"
  1 -> "pear"

refuse :: HasCallStack => Int
refuse = error "no pears today" -- crash: error

present :: HasCallStack => Maybe Int -> Int
present value = fromJust value -- crash: from-just

main :: IO ()
main = do
  args <- getArgs
  case args of
    ["head"] -> print (first [])
    ["missing-key"] -> print (stock Map.empty)
    ["patterns"] -> putStrLn (kind 7)
    ["error"] -> print refuse
    ["from-just"] -> print (present Nothing)
    ["divide"] -> print (15 `div` (length args - 1))
    ["file"] -> readFile "/srv/shop/prices.csv" >>= putStrLn
    ["environment"] -> getEnv "SHOP_TOKEN" >>= putStrLn
    ["user"] -> throwIO (userError "the shop is closed")
    ["read"] -> print (read "eighty" :: Int)
    _ -> when (null args) (putStrLn "which way?")
