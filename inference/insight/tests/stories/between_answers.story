# After the answer the candidate leaves: nobody is nudged between answers.
device-check
0:00 ask First. for 60 s
0:01 speak 140
0:30 answered
0:30 silent
0:31 leave
0:50 return
0:52 ask Second. for 60 s
0:53 speak 140
1:20 end
expect no hint back_in_frame
expect no hint long_pause
