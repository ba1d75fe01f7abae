# So few words tell nothing of what is missing.
recognizer
no-hints
0:00 ask Tell me about a conflict at work. for 120 s
0:00 speak 140
0:00 says I rewrote it
0:4 silent
0:5 answered
0:16 end
expect no follow-up
