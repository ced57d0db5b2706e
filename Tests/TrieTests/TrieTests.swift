import Trie
