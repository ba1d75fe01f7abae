# A whole story without a number.
recognizer
no-hints
0:00 ask Tell me about a conflict at work. for 120 s
0:00 speak 140
0:00 says In my last job our build took an age and everybody was waiting for it all day so I rewrote the slow steps and I moved them to a cache in the end it was much faster
0:24 silent
0:25 answered
0:36 end
expect follow-up Can you put a number on it?
